create table public.t (a int, b text, c date) partition by range (a, b);
create table public.t_1 partition of public.t for values from (1, 'a') to (10, 'm');
create table public.t_2 partition of public.t for values from (10, 'm') to (maxvalue, maxvalue);
