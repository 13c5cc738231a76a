-- renamed-from: compute
create function public.calc(a int) returns int language sql immutable as 'select a';
create table public.t (id int primary key, n int default public.calc(1));
