create table public.t (id int primary key);
-- renamed-from: things
create view public.items as select id from public.t;
create view public.above as select id from public.items;
create function public.f() returns setof public.items language sql as 'select id from public.t';
comment on view public.items is 'Kept';
grant select on public.items to howdah_case_app;
