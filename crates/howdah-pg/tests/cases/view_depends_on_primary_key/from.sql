create table public.t (id int primary key, name text, n int);
create view public.v as select t.id, t.name, count(*) as n from public.t t group by t.id;
