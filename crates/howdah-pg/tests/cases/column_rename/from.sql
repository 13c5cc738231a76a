create table public.t (
  id int primary key,
  name text not null -- renamed-from: full_name
);
