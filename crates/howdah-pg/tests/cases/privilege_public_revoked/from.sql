create function public.f() returns int language sql as 'select 1';
create procedure public.p() language sql as 'select 1';
create type public.e as enum ('a');
create domain public.d as int;
create aggregate public.a(int) (sfunc = int4pl, stype = int);
revoke execute on function public.f() from public;
revoke usage on type public.e from public;
