create table public.t (id int primary key, a int, b int);
create table public.u (id int primary key, a int);
grant select, insert on public.t to howdah_case_app;
grant all on public.t to howdah_case_alice;
grant select on public.u to public;
