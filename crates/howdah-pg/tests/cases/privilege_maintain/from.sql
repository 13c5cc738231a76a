create table public.t (id int primary key);
create table public.u (id int primary key);
grant maintain on public.t to howdah_case_app;
grant all on public.u to howdah_case_bob;
