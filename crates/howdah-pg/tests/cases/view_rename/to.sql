create table public.t (id int primary key);
-- renamed-from: items
create view public.things as select id from public.t;
create view public.above as select id from public.things;
create function public.f() returns setof public.things language sql as 'select id from public.t';
comment on view public.things is 'Kept';
grant select on public.things to howdah_case_app;
