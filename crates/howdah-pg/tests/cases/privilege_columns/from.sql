create table public.t (id int primary key, a int, b int, c int);
grant select (id, a), insert (a) on public.t to howdah_case_app;
grant update (b) on public.t to public;
grant select on public.t to howdah_case_bob;
grant update (c) on public.t to howdah_case_bob;
