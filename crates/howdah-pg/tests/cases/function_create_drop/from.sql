create function public.gone(int) returns int language sql as 'select $1';
create procedure public.gone_too() language plpgsql as 'begin end';
