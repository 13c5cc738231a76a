create function public.a(int) returns int language sql as 'select $1';
create function public.b() returns table (id int) language sql as 'select 1';
create function public.c(out x int, out y int) language sql as 'select 1, 2';
create function public.d() returns int language sql as 'select 1';
