create type public.state as enum ('draft', 'sent', 'lost', 'paid');
create table public.invoices (
  id int primary key,
  state public.state not null default 'draft',
  former public.state[]
);
