create function public.a(int) returns int language sql immutable return $1 + 1;
create function public.b(int) returns int language sql immutable return public.a($1) * 2;
create function public.c(int) returns int language sql immutable return public.b($1) + public.a($1);
