-- The names that PostgreSQL made from the column's name change with it.

create table public.p (id int primary key);
create table public.t (
  email text unique check (email <> ''), -- renamed-from: mail
  parent int references public.p (id), -- renamed-from: p_id
  number serial -- renamed-from: n
);
