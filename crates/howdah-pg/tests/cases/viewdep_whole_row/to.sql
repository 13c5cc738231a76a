create table public.t (id int primary key, a bigint);
create view public.v as select t as whole, (t).a from public.t;
create view public.j as select row_to_json(t.*) as j from public.t;
