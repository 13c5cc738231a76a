create table public.a (id int, name text, secret text);
grant select (id) on public.a to howdah_case_app;
