create function public.work(int) returns void language sql as 'select 1';
create function public.agg(int) returns int language sql as 'select $1';
