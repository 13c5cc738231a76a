-- One value moves from one partition to the other, so both are let go before either comes back.

create table public.t (id int, k text) partition by list (k);
create table public.t_1 partition of public.t for values in ('a');
create table public.t_2 partition of public.t for values in ('b', 'c');
