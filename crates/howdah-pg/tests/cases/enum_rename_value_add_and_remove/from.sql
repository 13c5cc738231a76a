create type public.state as enum (
  'new', -- renamed-from: fresh
  'old',
  'dead'
);
create table public.t (id int primary key, state public.state);
