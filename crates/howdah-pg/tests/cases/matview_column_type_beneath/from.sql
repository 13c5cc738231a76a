create table public.t (id int primary key, n int);
create materialized view public.m as select n, count(*) as c from public.t group by n;
create index m_n on public.m (n) include (c);
create materialized view public.m2 as select sum(c) as total from public.m;
alter materialized view public.m2 owner to howdah_case_alice;
