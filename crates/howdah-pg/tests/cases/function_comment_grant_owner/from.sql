create function public.a() returns int language sql as 'select 1';
create function public.b(int) returns int language sql as 'select 1';
create procedure public.c() language sql as 'select 1';
comment on function public.a() is 'Before';
revoke execute on function public.a() from public;
grant execute on function public.b(int) to howdah_case_app with grant option;
