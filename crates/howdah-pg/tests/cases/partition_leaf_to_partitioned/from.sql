create table public.t (id int, k text, at date) partition by list (k);
create table public.t_a partition of public.t for values in ('a');
create table public.t_b partition of public.t for values in ('b');
