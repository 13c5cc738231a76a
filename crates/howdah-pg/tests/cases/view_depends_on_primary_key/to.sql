create table public.t (id int, name text, n int, constraint t_key primary key (id));
create view public.v as select t.id, t.name, count(*) as n from public.t t group by t.id;
