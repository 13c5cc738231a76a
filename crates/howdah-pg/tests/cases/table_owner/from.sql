create table public.a (id serial primary key);
alter table public.a owner to howdah_case_alice;
