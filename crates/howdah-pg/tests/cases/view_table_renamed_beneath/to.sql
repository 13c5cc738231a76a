-- renamed-from: people
create table public.persons (
  id int primary key,
  full_name text -- renamed-from: name
);
create view public.v as select id, full_name from public.persons;
create view public.w as select p.full_name as name from public.persons p;
