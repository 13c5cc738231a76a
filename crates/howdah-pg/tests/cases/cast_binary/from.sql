create type public.metres as range (subtype = float8);
create type public.feet as range (subtype = float8);
create cast (public.metres as public.feet) without function as assignment;
