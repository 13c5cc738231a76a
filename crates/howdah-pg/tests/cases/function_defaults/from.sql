create function public.a(x int, y int default 1) returns int language sql as 'select x + y';
create function public.b(x int, y int) returns int language sql as 'select x + y';
create function public.c(x text default 'a', y timestamptz default now()) returns text language sql as 'select x';
create view public.v as select public.a(1, 2) as n;
