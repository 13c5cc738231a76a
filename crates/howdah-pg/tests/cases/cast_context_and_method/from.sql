create type public.a as enum ('x', 'y');
create type public.b as enum ('x', 'y');
create function public.to_b(public.a) returns public.b language sql immutable as 'select $1::text::public.b';
create cast (public.a as public.b) with function public.to_b(public.a);
create cast (public.b as public.a) with inout;
create cast (public.a as int) with inout as implicit;
comment on cast (public.b as public.a) is 'Kept';
