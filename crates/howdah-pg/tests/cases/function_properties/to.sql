create function public.a(int) returns int language sql stable strict security definer leakproof parallel safe cost 50 set search_path = public, pg_temp as 'select $1';
create function public.b(int) returns int language sql as 'select $1';
create function public.c() returns setof int language sql volatile rows 500 set search_path = '' set datestyle = 'ISO, DMY' as 'select 1';
create function public.d(int) returns int language plpgsql parallel unsafe called on null input set timezone from current as 'begin return $1; end';
alter function public.d(int) reset timezone;
