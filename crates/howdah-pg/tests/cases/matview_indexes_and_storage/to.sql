create table public.t (id int primary key, n int, doc jsonb);
create materialized view public.m with (fillfactor = 90, autovacuum_enabled = false) as select id, n, doc from public.t;
create unique index m_id on public.m (id);
create index m_doc on public.m using gin (doc jsonb_path_ops);
alter materialized view public.m alter column n set statistics 100;
alter materialized view public.m cluster on m_id;
