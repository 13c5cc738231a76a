create function public.a(int) returns int language sql immutable as 'select $1 + 1';
create table public.t (id int primary key, n int generated always as (public.a(id)) stored);
create procedure public.p() language sql as 'select 1';
