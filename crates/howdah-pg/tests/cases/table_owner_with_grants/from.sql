create table public.a (id int, secret text);
alter table public.a owner to howdah_case_alice;
grant select on public.a to howdah_case_app;
