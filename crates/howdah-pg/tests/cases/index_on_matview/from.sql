create table public.t (id int primary key, a text);
create materialized view public.m as select id, a from public.t;
create index idx_m on public.m (a);
