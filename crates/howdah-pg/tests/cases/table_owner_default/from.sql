create table public.a (id int);
create view public.v as select id from public.a;
