create table public.t (id int primary key, a int, b int, c int);
grant select (id, b), references (id) on public.t to howdah_case_app with grant option;
grant select (c) on public.t to howdah_case_bob;
grant update on public.t to howdah_case_bob;
