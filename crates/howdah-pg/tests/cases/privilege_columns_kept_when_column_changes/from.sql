create table public.t (
  id int primary key,
  a int, -- renamed-from: alpha
  b int,
  c text
);
grant select (id, a, b), update (c) on public.t to howdah_case_app;
