-- Purpose: what the benchmarks of the API read and write: 100,000 items of eight users; 20,000 tasks, each of one of 800
--          projects and with three notes; a table that is written; and the roles and policies of a Howdah schema.
-- Runs as: the owner of the database, bench_owner, who is not subject to the policies: the plain statements are its.
-- Minimum version: 14

create schema auth;

-- As in every schema of Howdah (schemas/shared/02_functions.sql).
create function auth.uid() returns uuid
  language sql stable parallel safe
  return nullif(nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub', '')::uuid;

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

create table public.projects (
  id bigint primary key,
  owner_id uuid not null,
  name text not null
);

create table public.tasks (
  id bigint primary key,
  owner_id uuid not null,
  project_id bigint not null references public.projects (id),
  title text not null
);

create table public.notes (
  id bigint primary key,
  owner_id uuid not null,
  task_id bigint not null references public.tasks (id),
  body text not null
);

insert into public.projects (id, owner_id, name)
  select id, ('00000000-0000-4000-8000-00000000000' || id % 8)::uuid, 'Project ' || id
  from generate_series(0, 799) as id;

-- 800 is a multiple of 8, so that a task and its project belong to the same user.
insert into public.tasks (id, owner_id, project_id, title)
  select id, ('00000000-0000-4000-8000-00000000000' || id % 8)::uuid, id % 800, 'Task ' || id
  from generate_series(0, 19999) as id;

insert into public.notes (id, owner_id, task_id, body)
  select id, ('00000000-0000-4000-8000-00000000000' || id / 3 % 8)::uuid, id / 3, 'Note ' || id
  from generate_series(0, 59999) as id;

create index idx_tasks_owner_id_id on public.tasks (owner_id, id);
create index idx_tasks_project_id on public.tasks (project_id);
create index idx_notes_task_id on public.notes (task_id);

alter table public.projects enable row level security;
alter table public.tasks enable row level security;
alter table public.notes enable row level security;
create policy own_projects on public.projects for all to authenticated
  using (owner_id = (select auth.uid())) with check (owner_id = (select auth.uid()));
create policy own_tasks on public.tasks for all to authenticated
  using (owner_id = (select auth.uid())) with check (owner_id = (select auth.uid()));
create policy own_notes on public.notes for all to authenticated
  using (owner_id = (select auth.uid())) with check (owner_id = (select auth.uid()));

alter table public.items enable row level security;
alter table public.entries enable row level security;
create policy own_items on public.items for all to authenticated
  using (owner_id = (select auth.uid())) with check (owner_id = (select auth.uid()));
create policy own_entries on public.entries for all to authenticated
  using (owner_id = (select auth.uid())) with check (owner_id = (select auth.uid()));

grant usage on schema public, auth to anon, authenticated;
grant execute on function auth.uid() to anon, authenticated;
grant select, insert, update, delete on public.items, public.entries, public.projects, public.tasks, public.notes
  to authenticated;
