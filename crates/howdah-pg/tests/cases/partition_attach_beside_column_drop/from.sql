create table public.t (id int, at date, n int) partition by range (at);
create table public.t_2023 (id int, at date);
