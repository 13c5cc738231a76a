-- The expressions have to be made anew: no f takes a bigint.
create function public.f(n int) returns int language sql immutable as 'select n + 1';
create table public.t (id int primary key, n bigint);
create index t_f on public.t (public.f(n::int));
create index t_where on public.t (id) where public.f(n::int) > 0;
create statistics public.t_s on (public.f(n::int)), id from public.t;
alter table public.t add constraint fine check (public.f(n::int) > 0);
