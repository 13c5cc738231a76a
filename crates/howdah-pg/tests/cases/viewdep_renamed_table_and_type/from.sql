-- renamed-from: after
create table public.before (
  id int primary key,
  n int -- renamed-from: m
);
create view public.v as select n from public.before;
create view public.w as select n from public.v;
grant select on public.w to howdah_case_app;
