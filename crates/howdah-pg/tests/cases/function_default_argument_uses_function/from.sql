create function public.z() returns int language sql as 'select 1';
create function public.a(x int default public.z()) returns int language sql as 'select x';
