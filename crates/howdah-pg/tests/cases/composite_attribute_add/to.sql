create type public.address as (street text, city text, country text);
create type public.free as (a int, b int[], c text collate "C");
create table public.people (id int primary key, home public.address);
