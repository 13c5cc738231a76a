create table public.t (id int, part int, d date, primary key (id, part)) partition by list (part);
create table public.p1 partition of public.t for values in (1);
create index t_d on public.t (d desc nulls last) include (id);
create view public.v as select d, id from public.t;
create materialized view public.m as select d from public.v;
