-- Purpose: the table that `api-memory` exports and the slow reader of `api-load` reads: {rows} rows of the first user, a
--          little over 1,000 bytes each as JSON.
-- Runs as: a superuser.
-- Minimum version: 14

create table public.ledger (
  id bigint primary key,
  owner_id uuid not null,
  amount integer not null,
  note text not null
);

insert into public.ledger (id, owner_id, amount, note)
  select id, '00000000-0000-4000-8000-000000000000', id % 1000, repeat(lpad(id::text, 32, '0'), 30)
  from generate_series(0, {rows} - 1) as id;

alter table public.ledger enable row level security;
create policy own_ledger on public.ledger for all to authenticated
  using (owner_id = (select auth.uid())) with check (owner_id = (select auth.uid()));
grant select on public.ledger to authenticated;
