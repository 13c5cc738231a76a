create table public.t (id int, a text, b text);
create view public.v as select id, a, b from public.t;
create view public.w as select id, b from public.v;
grant select on public.w to howdah_case_app;
