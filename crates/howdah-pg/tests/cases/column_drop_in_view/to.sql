create table public.t (id int, a text);
create view public.v as select id, a from public.t;
create view public.w as select id from public.v;
grant select on public.w to howdah_case_app;
