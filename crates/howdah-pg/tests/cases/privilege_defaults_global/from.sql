alter default privileges grant select on tables to howdah_case_app;
alter default privileges revoke execute on functions from public;
alter default privileges for role howdah_case_alice grant usage on sequences to howdah_case_app;
create table public.t (id int primary key);
create function public.f() returns int language sql as 'select 1';
