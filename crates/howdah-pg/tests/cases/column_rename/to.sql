create table public.t (
  id int primary key,
  full_name text not null -- renamed-from: name
);
