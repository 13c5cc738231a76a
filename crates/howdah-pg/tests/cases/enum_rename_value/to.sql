create type public.state as enum (
  'open',
  'finished' -- renamed-from: done
);
create table public.tasks (
  id int primary key,
  state public.state not null default 'open',
  check (state <> 'finished' or id > 0)
);
create index tasks_done on public.tasks (id) where state = 'finished';
create view public.done as select id from public.tasks where state = 'finished';
