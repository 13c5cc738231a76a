create function public.a(int) returns int language plpgsql immutable as 'begin return $1 + 1; end';
create table public.t (id int primary key, n int generated always as (public.a(id)) stored);
create procedure public.p() language plpgsql as 'begin end';
