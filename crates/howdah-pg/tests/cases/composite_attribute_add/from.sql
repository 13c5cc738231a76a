create type public.address as (street text, city text);
create type public.free as (a int);
create table public.people (id int primary key, home public.address);
