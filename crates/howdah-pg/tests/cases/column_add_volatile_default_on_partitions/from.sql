create table public.t (id int primary key, n int) partition by range (id);
create table public.t_1 partition of public.t for values from (1) to (10);
create table public.t_2 partition of public.t for values from (10) to (100);
