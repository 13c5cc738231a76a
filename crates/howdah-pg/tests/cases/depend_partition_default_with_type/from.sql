create table public.t (id int, part int, flag boolean default true) partition by list (part);
create table public.p1 partition of public.t for values in (1);
create table public.p2 partition of public.t for values in (2);
