create table public.persons (id int primary key, name text, born date);
create view public.people as select id, name from public.persons;
create view public.names as select name from public.people;
create function public.f() returns setof public.people language sql as 'select * from public.people';
