create table public.a (id int);
alter table public.a owner to howdah_case_alice;
