create table public.t (id int primary key, n bigint);
create view public.v as select id, n from public.t;
create function public.f() returns setof public.v language sql begin atomic select id, n from public.t; end;
create materialized view public.m as select n from public.v;
alter view public.v owner to howdah_case_alice;
alter function public.f() owner to howdah_case_bob;
alter materialized view public.m owner to howdah_case_bob;
grant select on public.t, public.v to howdah_case_alice, howdah_case_bob, howdah_case_app;
