create table public.a (id int);
create view public.b as select 1 as id;
create sequence public.c;
