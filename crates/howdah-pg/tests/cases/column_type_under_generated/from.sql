create table public.t (id int primary key, price int not null, tax int generated always as (price / 5) stored);
create index idx_t_tax on public.t (tax);
comment on column public.t.tax is 'A fifth.';
grant select (tax) on public.t to howdah_case_app;
