create table public.t (id int primary key);
create table public.u (id int primary key);
grant select, maintain on public.u to howdah_case_app with grant option;
grant all on public.u to howdah_case_bob;
revoke maintain on public.u from howdah_case_bob;
alter default privileges for role howdah_case_alice grant maintain on tables to howdah_case_app;
