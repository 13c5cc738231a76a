alter default privileges in schema public grant select on tables to howdah_case_app;
create table public.old_one (id int primary key);
