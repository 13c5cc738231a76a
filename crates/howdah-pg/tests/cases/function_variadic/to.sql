create function public.join_all(separator text default ',', variadic parts text[] default '{}') returns text language sql immutable as 'select array_to_string($2, $1)';
create function public.first_of(anyarray) returns anyelement language sql immutable as 'select $1[1]';
