create table public.t (id int primary key, n int);
-- renamed-from: m
create materialized view public.numbers as select id, n from public.t;
-- renamed-from: m_n
create index numbers_n on public.numbers (n);
create view public.v as select n from public.numbers;
