create function public.a(int) returns int language sql as 'select $1';
create function public.b(int) returns int language sql immutable strict leakproof parallel safe cost 5 as 'select $1';
create function public.c() returns setof int language sql stable rows 10 security definer set search_path = '' set work_mem = '8MB' as 'select 1';
create function public.d(int) returns int language plpgsql parallel restricted as 'begin return $1; end';
