create table public.a (id int, name text, secret text);
grant select (id, name), update (name) on public.a to howdah_case_app;
grant insert (id) on public.a to howdah_case_bob with grant option;
