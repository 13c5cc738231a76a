create function public.same(text, text) returns boolean language sql immutable as 'select lower($1) = lower($2)';
create function public.twice(int) returns int language sql immutable as 'select 2 * $1';
create operator public.@# (function = public.twice, rightarg = int);
comment on operator public.@# (none, int) is 'Twice';
create table public.t (id int primary key, name text, constraint positive check ((operator(public.@#) id) > 0));
