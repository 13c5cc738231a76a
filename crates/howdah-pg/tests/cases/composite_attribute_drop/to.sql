create type public.address as (street text, city text);
create table public.people (id int primary key, home public.address);
create view public.streets as select (home).street as street from public.people;
