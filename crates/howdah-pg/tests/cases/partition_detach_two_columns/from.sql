create table public.t (id int, at date) partition by range (at, id);
create table public.t_2023 partition of public.t for values from ('2023-01-01', 0) to ('2024-01-01', 0);
