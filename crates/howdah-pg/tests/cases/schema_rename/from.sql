-- renamed-from: billing
create schema sales;
comment on schema sales is 'Invoices';
grant usage on schema sales to howdah_case_app;
create type sales.state as enum ('open', 'paid');
create sequence sales.numbers;
create table sales.invoices (
  id int primary key default nextval('sales.numbers'),
  state sales.state not null default 'open',
  amount numeric(12, 2) not null check (amount > 0)
);
create index invoices_state on sales.invoices (state);
create view sales.open_invoices as select id, amount from sales.invoices where state = 'open';
create function sales.total() returns numeric language sql stable as 'select sum(amount) from sales.invoices';
