-- renamed-from: persons
create table public.people (
  id int primary key,
  name text -- renamed-from: full_name
);
create view public.v as select id, name from public.people;
create view public.w as select p.name from public.people p;
