create type public.size as (w int, h int);
create type public.box3 as (w int, h int);

create table public.t (id int primary key, s public.box3);
