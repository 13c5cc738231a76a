create table public.people (id int primary key, name text);
create view public.names as select name from public.people;
create function public.f() returns setof public.people language sql as 'select * from public.people';
