create table public.t (id int, k text) partition by list (k);
create table public.t_1 partition of public.t for values in ('a', 'b');
create table public.t_2 partition of public.t for values in ('c');
