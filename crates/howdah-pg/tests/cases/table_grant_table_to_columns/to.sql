-- A grant on the table covers its columns; narrowing it must not leave the wide one behind.

create table public.a (id int, name text, secret text);
grant select (id, name) on public.a to howdah_case_app;
