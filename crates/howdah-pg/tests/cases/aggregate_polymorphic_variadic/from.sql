create function public.push(anyarray, anyelement) returns anyarray language sql immutable as 'select $1 || $2';
create aggregate public.collect(anyelement) (sfunc = public.push, stype = anyarray, initcond = '{}');
create function public.least_of(int, variadic int[]) returns int language sql immutable as 'select min(v) from unnest($2 || $1) v';
create aggregate public.smallest(variadic int[]) (sfunc = public.least_of, stype = int);
