create table public.t (id int, a varchar(20));
alter table public.t alter column a set statistics 300;
alter table public.t alter column a set (n_distinct = 7);
alter table public.t alter column a set storage external;
comment on column public.t.a is 'Words.';
grant select (a) on public.t to howdah_case_app;
