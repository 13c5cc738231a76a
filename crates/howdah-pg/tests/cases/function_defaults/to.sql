create function public.a(x int, y int) returns int language sql as 'select x + y';
create function public.b(x int default 5, y int default 6) returns int language sql as 'select x + y';
create function public.c(x text default 'b', y timestamptz default '2024-01-01 00:00:00+00') returns text language sql as 'select x';
create view public.v as select public.a(1, 2) as n;
