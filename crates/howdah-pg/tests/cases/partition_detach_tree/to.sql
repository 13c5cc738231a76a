-- Once the whole branch, once a leaf of what stays.
create table public.t (id int, at date) partition by range (at);
create table public.t_2023 (id int, at date) partition by list (id);
create table public.t_2023_1 partition of public.t_2023 for values in (1);
create table public.t_2023_2 (id int, at date);
create table public.t_2024 partition of public.t for values from ('2024-01-01') to ('2025-01-01');
