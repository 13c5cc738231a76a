-- renamed-from: address
create type public.location as (street text, city text);
create table public.people (id int primary key, home public.location);
create function public.show(public.location) returns text language sql immutable as 'select ($1).city';
comment on type public.location is 'Where';
