-- renamed-from: location
create type public.address as (street text, city text);
create table public.people (id int primary key, home public.address);
create function public.show(public.address) returns text language sql immutable as 'select ($1).city';
comment on type public.address is 'Where';
