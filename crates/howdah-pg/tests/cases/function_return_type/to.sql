create function public.a(int) returns bigint language sql as 'select $1';
create function public.b() returns table (id int, name text) language sql as $$ select 1, 'a' $$;
create function public.c(out x int, out y int, out z int) language sql as 'select 1, 2, 3';
create function public.d() returns setof int language sql as 'select 1';
