create table public.t (a int, b text, c date) partition by range (a, b);
create table public.t_1 partition of public.t for values from (1, 'a') to (10, minvalue);
