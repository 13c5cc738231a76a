-- The view leans on the primary key itself: the key cannot go without it.

create table public.t (id bigint, name text, extra int default 0, constraint t_key primary key (id));
create table public.u (t_id bigint);
create view public.v as select t.id, t.name, count(u.t_id) as many from public.t left join public.u on u.t_id = t.id group by t.id;
