create type public.point3 as (x int, y int, z int);

create table public.points of public.point3;
