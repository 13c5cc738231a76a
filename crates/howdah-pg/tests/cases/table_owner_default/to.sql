create table public.a (id int);
alter table public.a owner to howdah_case_alice;
create view public.v as select id from public.a;
alter view public.v owner to howdah_case_alice;
