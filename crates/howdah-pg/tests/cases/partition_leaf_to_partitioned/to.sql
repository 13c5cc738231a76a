-- A leaf becomes a partitioned table itself under the same name.

create table public.t (id int, k text, at date) partition by list (k);
create table public.t_a partition of public.t for values in ('a') partition by range (at);
create table public.t_a_1 partition of public.t_a for values from ('2023-01-01') to ('2024-01-01');
create table public.t_b partition of public.t for values in ('b');
