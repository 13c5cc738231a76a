create table public.source (id int, n int);
create table public.summary (id int, n int);
grant select on public.summary to howdah_case_app;
