create function public.a(x int) returns int language sql as 'select x';
create function public.b(int) returns int language sql as 'select $1';
create function public.c(x int, out y int) language sql as 'select x';
create table public.t (id int primary key, n int default public.a(x => 5));
create view public.v as select public.c(id) from public.t;
comment on function public.a(int) is 'Kept';
grant execute on function public.a(int) to howdah_case_app;
