create function public.f(n int) returns int language sql immutable as 'select n + 1';
create table public.t (id int, part int, primary key (id, part)) partition by list (part);
create table public.p1 partition of public.t for values in (1);
create index t_f on public.t (public.f(id), part);
