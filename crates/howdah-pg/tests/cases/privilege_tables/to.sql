create table public.t (id int primary key, a int, b int);
create table public.u (id int primary key, a int);
grant select, update, delete on public.t to howdah_case_app;
grant all on public.t to howdah_case_bob;
grant truncate, references, trigger on public.u to howdah_case_app;
