create table public.t (id int, k text) partition by list (k);
create table public.t_a partition of public.t for values in ('a');
