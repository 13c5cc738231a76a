create function public.push(anyarray, anyelement) returns anyarray language sql immutable as 'select $1 || $2';
create aggregate public.collect(anycompatible) (sfunc = array_append, stype = anycompatiblearray, initcond = '{}');
create function public.least_of(int, variadic int[]) returns int language sql immutable as 'select min(v) from unnest($2 || $1) v';
create aggregate public.smallest(variadic list int[]) (sfunc = public.least_of, stype = int, initcond = '0');
