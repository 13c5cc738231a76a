-- renamed-from: sales
create schema billing;
comment on schema billing is 'Invoices';
grant usage on schema billing to howdah_case_app;
create type billing.state as enum ('open', 'paid');
create sequence billing.numbers;
create table billing.invoices (
  id int primary key default nextval('billing.numbers'),
  state billing.state not null default 'open',
  amount numeric(12, 2) not null check (amount > 0)
);
create index invoices_state on billing.invoices (state);
create view billing.open_invoices as select id, amount from billing.invoices where state = 'open';
create function billing.total() returns numeric language sql stable as 'select sum(amount) from billing.invoices';
