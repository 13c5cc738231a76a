-- A table made from a composite type keeps the tie to it.

create type public.point3 as (x int, y int, z int);

create table public.points of public.point3 (x with options not null, constraint points_pkey primary key (x, y));
