create table public.t (id int, region text, at date) partition by list (region);
create table public.t_eu partition of public.t for values in ('eu');
