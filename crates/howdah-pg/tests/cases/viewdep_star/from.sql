create table public.t (id int primary key, a text);
create view public.v as select * from public.t;
