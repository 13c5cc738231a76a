-- renamed-from: bills
create table public.invoices (
  id int primary key,
  total bigint not null,
  note text,
  paid boolean default false not null
);
create index idx_invoices_total on public.invoices (total) where not paid;
