set check_function_bodies = off;
create function public.even(int) returns boolean language sql immutable as 'select $1 = 0 or public.odd($1 - 1)';
create function public.odd(int) returns boolean language sql immutable as 'select $1 <> 0 and public.even($1 - 1)';
create function public.p(int) returns boolean language plpgsql as 'begin return public.even($1); end';
