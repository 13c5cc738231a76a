create type public.state as enum (
  'open',
  'closed', -- renamed-from: done
  'gone'
);
create table public.tasks (
  id    int primary key,
  state text not null default 'closed',
  past  text[] not null default '{closed}',
  next  public.state
);
create index tasks_state on public.tasks (state);
create view public.done as select id, state from public.tasks where state = 'closed';
