create schema old_home;
create schema new_home;

-- renamed-from: old_home.entries
create table new_home.ledger_entries (
  id bigint not null,
  amount numeric(10,2) not null,
  -- renamed-from: entries_pkey
  constraint ledger_entries_pkey primary key (id)
);
create view public.total as select sum(amount) as amount from new_home.ledger_entries;
