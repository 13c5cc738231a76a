-- Three names, three kinds, each moved on by one.

create view public.a as select 1 as id;
create sequence public.b;
create table public.c (id int);
