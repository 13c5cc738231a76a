create table public.a (id int);
grant select, insert, update, delete on public.a to howdah_case_app;
grant select on public.a to howdah_case_alice;
