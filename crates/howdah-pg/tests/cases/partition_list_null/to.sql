create table public.t (k text, n int) partition by list (k);
create table public.t_a partition of public.t for values in ('a');
create table public.t_null partition of public.t for values in (null);
