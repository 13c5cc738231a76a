create table public.t (id int primary key, n int);
create function public.twice(i int) returns int language sql immutable as $$ select i * 2 $$;
create view public.v as select id, public.twice(n) as d from public.t;
create materialized view public.m as select d from public.v;
