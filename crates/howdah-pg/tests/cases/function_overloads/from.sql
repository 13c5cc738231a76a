create function public.f(int) returns int language sql as 'select 1';
create function public.f(text) returns int language sql as 'select 2';
create function public.f(int, int) returns int language sql as 'select 3';
comment on function public.f(text) is 'Text';
create table public.t (id int primary key default public.f(1), n int default public.f('a'::text));
