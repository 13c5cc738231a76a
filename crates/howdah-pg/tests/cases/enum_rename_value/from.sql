create type public.state as enum (
  'open',
  -- renamed-from: finished
  'done'
);
create table public.tasks (
  id int primary key,
  state public.state not null default 'open',
  check (state <> 'done' or id > 0)
);
create index tasks_done on public.tasks (id) where state = 'done';
create view public.done as select id from public.tasks where state = 'done';
