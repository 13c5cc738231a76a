create table public.a (id int);
grant select, insert on public.a to howdah_case_alice;
