create function public.a(int) returns bigint language sql immutable return $1::bigint + 1;
create function public.b(int) returns int language sql immutable return (public.a($1) * 2)::int;
create function public.c(int) returns int language sql immutable return (public.b($1) + public.a($1))::int;
