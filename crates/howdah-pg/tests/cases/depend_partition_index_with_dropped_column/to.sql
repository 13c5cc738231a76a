create table public.t (id int, part int, primary key (id, part)) partition by list (part);
create table public.p1 partition of public.t for values in (1);
create view public.v as select id from public.t;
create materialized view public.m as select id from public.v;
