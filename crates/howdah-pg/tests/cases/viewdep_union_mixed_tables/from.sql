create table public.a (id int, k text);
create table public.b (id int, k text);
create view public.v as select id, k from public.a union all select id, k from public.b;
