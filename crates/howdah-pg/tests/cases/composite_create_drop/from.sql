create type public.point2 as (x int, y int);
create type public.gone as (a text collate "C", b numeric(10, 2)[]);
