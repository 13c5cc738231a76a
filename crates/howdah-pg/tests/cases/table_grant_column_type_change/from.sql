create table public.a (id int, doubled int generated always as (id * 2) stored);
grant select (id, doubled) on public.a to howdah_case_app;
