-- renamed-from: before
create table public.after (
  id int primary key,
  m bigint -- renamed-from: n
);
create view public.v as select m from public.after;
create view public.w as select m from public.v;
grant select on public.w to howdah_case_app;
