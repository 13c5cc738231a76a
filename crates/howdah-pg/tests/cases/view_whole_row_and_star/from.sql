create table public.t (id int primary key, a int);
create view public.rows as select t, t.* from public.t t;
create view public.json as select to_jsonb(t) as j from public.t t;
