create table public.t (id int primary key, a text);
create materialized view public.m as select id, a from public.t;
create unique index uq_m on public.m (id);
create index idx_m on public.m (lower(a));
