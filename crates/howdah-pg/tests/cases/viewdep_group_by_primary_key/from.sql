create table public.t (id int constraint t_pkey primary key, name text);
create table public.u (t_id int);
create view public.v as select t.id, t.name, count(u.t_id) as many from public.t left join public.u on u.t_id = t.id group by t.id;
