create table public.t (id int primary key, n int);
-- renamed-from: numbers
create materialized view public.m as select id, n from public.t;
-- renamed-from: numbers_n
create index m_n on public.m (n);
create view public.v as select n from public.m;
