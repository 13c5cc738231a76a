create type public.pair as (a int, b bigint);
create function public.make(a int, b int) returns public.pair language plpgsql immutable as 'begin return row(a, b); end';
create function public.sum(public.pair) returns int language sql immutable return (($1).a + ($1).b)::int;
create function public.many() returns setof public.pair language plpgsql as 'begin return; end';
