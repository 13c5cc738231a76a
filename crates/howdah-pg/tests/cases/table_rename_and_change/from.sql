-- renamed-from: invoices
create table public.bills (
  id int primary key,
  total int,
  note varchar(20)
);
create index idx_bills_total on public.bills (total);
