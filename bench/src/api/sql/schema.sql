-- Purpose: what the `api` benchmark reads and writes: a table of 100,000 rows of eight users, one that is written, and
--          the roles and policies of a Howdah schema.
-- Runs as: the owner of the database, bench_owner, who is not subject to the policies: the plain statements are its.
-- Minimum version: 14

create schema auth;

create function auth.uid() returns uuid
  language sql stable parallel safe
  set search_path = ''
as $$
  select nullif(nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub', '')::uuid
$$;

create table public.items (
  id bigint primary key,
  owner_id uuid not null,
  amount integer not null,
  title text not null
);

create table public.entries (
  id bigint generated always as identity primary key,
  owner_id uuid not null,
  amount integer not null,
  title text not null
);

insert into public.items (id, owner_id, amount, title)
  select id, ('00000000-0000-4000-8000-00000000000' || id % 8)::uuid, id % 1000, 'A row of the benchmark, number ' || id
  from generate_series(0, 99999) as id;

create index idx_items_owner_id_id on public.items (owner_id, id);

alter table public.items enable row level security;
alter table public.entries enable row level security;
create policy own_items on public.items for all to authenticated
  using (owner_id = (select auth.uid())) with check (owner_id = (select auth.uid()));
create policy own_entries on public.entries for all to authenticated
  using (owner_id = (select auth.uid())) with check (owner_id = (select auth.uid()));

grant usage on schema public, auth to anon, authenticated;
grant execute on function auth.uid() to anon, authenticated;
grant select, insert, update, delete on public.items, public.entries to authenticated;
