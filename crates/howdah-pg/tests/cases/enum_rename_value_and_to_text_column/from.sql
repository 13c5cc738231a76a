create type public.state as enum (
  'open',
  'done', -- renamed-from: closed
  'gone'
);
create table public.tasks (
  id    int primary key,
  state public.state not null default 'done',
  past  public.state[] not null default '{done}',
  next  public.state
);
create index tasks_state on public.tasks (state);
create view public.done as select id, state from public.tasks where state = 'done';
