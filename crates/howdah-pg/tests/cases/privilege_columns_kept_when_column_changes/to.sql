create table public.t (
  id int primary key,
  alpha bigint, -- renamed-from: a
  c text collate "C"
);
grant select (id, alpha), update (c) on public.t to howdah_case_app;
