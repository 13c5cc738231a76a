create table public.t (id int primary key, a text, b text);
create view public.v as select id, b from public.t;
create view public.w as select b from public.v;
grant select on public.v to howdah_case_app;
grant select on public.w to howdah_case_app;
