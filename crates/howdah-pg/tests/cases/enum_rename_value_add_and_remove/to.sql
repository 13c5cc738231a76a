create type public.state as enum (
  'planned',
  'fresh', -- renamed-from: new
  'old'
);
create table public.t (id int primary key, state public.state);
