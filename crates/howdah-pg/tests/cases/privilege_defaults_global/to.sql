alter default privileges grant select, insert on tables to howdah_case_app with grant option;
alter default privileges for role howdah_case_alice revoke usage on types from public;
alter default privileges for role howdah_case_bob grant usage, create on schemas to howdah_case_app;
create table public.t (id int primary key);
create function public.f() returns int language sql as 'select 1';
