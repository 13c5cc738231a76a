create function public.f() returns int language sql as 'select 1';
create procedure public.p() language sql as 'select 1';
create type public.e as enum ('a');
create domain public.d as int;
create aggregate public.a(int) (sfunc = int4pl, stype = int);
revoke execute on procedure public.p() from public;
revoke usage on domain public.d from public;
revoke execute on function public.a(int) from public;
