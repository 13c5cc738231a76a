create function public.f(int) returns int language sql as 'select 1';
create function public.f(text) returns int language sql as 'select 20';
create function public.f(bigint) returns int language sql as 'select 4';
create function public.f(int[]) returns int language sql as 'select 5';
create function public.f() returns int language sql as 'select 6';
comment on function public.f() is 'None';
create table public.t (id int primary key default public.f(), n int default public.f('a'::text));
