create function public.a(y int) returns int language sql as 'select y';
create function public.b(named int) returns int language sql as 'select named';
create function public.c(x int, out z int) language sql as 'select x';
create table public.t (id int primary key, n int default public.a(y => 5));
create view public.v as select public.c(id) from public.t;
comment on function public.a(int) is 'Kept';
grant execute on function public.a(int) to howdah_case_app;
