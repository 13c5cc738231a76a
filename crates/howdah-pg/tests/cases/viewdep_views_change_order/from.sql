create table public.t (id int primary key);
create view public.a as select id from public.t;
create view public.b as select id from public.a;
