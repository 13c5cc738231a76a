-- The default partition becomes an ordinary one and another takes its place.

create table public.t (id int, k text) partition by list (k);
create table public.t_a partition of public.t for values in ('a', 'aa');
create table public.t_b partition of public.t default;
