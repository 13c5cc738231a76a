-- The check that the server leaves would have this name.
create table public.t (id int, at date) partition by range (at);
create table public.t_2023 (id int, at date);
create table public.t_2024 partition of public.t for values from ('2024-01-01') to ('2025-01-01');
create table public.u (a int, constraint t_2023_at_check check (a > 0));
