create table public.t (id int, at date) partition by range ((at + 0));
create table public.t_2023 (id int, at date);
create table public.t_2024 partition of public.t for values from ('2024-01-01') to ('2025-01-01');
