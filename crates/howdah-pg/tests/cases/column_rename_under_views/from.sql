create table public.t (
  id int primary key,
  name text -- renamed-from: label
);
create view public.kept as select t.id, t.name from public.t;
create view public.follows as select t.id, t.name from public.t;
comment on column public.kept.name is 'Kept.';
grant select on public.follows to howdah_case_app;
create materialized view public.m as select t.name from public.t;
create index idx_m on public.m (name);
