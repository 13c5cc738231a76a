create table public.t (id int primary key, n int, doc jsonb);
create materialized view public.m with (fillfactor = 70) as select id, n, doc from public.t;
create index m_n on public.m (n);
create index m_doc on public.m using gin (doc);
alter materialized view public.m alter column n set statistics 500;
alter materialized view public.m alter column doc set storage external;
