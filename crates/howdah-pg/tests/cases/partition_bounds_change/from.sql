create table public.t (id int, n int) partition by range (n);
create table public.t_low partition of public.t for values from (minvalue) to (100);
create table public.t_high partition of public.t for values from (100) to (200);
