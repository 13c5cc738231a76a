-- One view keeps its own column name, the other takes the new one.

create table public.t (
  id int primary key,
  label text -- renamed-from: name
);
create view public.kept as select t.id, t.label as name from public.t;
create view public.follows as select t.id, t.label from public.t;
comment on column public.kept.name is 'Kept.';
grant select on public.follows to howdah_case_app;
create materialized view public.m as select t.label from public.t;
create index idx_m on public.m (label);
