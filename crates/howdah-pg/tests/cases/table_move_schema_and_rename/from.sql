create schema old_home;
create schema new_home;

-- renamed-from: new_home.ledger_entries
create table old_home.entries (
  id bigint not null,
  amount numeric(10,2) not null,
  constraint entries_pkey primary key (id)
);
create view public.total as select sum(amount) as amount from old_home.entries;
