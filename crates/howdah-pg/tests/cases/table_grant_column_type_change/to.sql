-- Column grants stay when the column is dropped and made again.

create table public.a (id int, doubled int generated always as (id * 2 + 0) stored);
grant select (id, doubled) on public.a to howdah_case_app;
comment on column public.a.doubled is 'Twice.';
