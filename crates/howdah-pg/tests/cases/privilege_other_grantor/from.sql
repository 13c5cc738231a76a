create table public.t (id int primary key, a int);
grant select on public.t to howdah_case_alice with grant option;
grant insert on public.t to howdah_case_alice with grant option;
set role howdah_case_alice;
grant select on public.t to howdah_case_app;
reset role;
