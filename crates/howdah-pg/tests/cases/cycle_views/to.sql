create table public.t (id int primary key);
create view public.a as select id, 0 as n from public.t;
create view public.b as select id from public.a;
create or replace view public.a as select t.id, (select count(*)::int from public.b) as n from public.t;
