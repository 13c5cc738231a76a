-- renamed-from: calc
create function public.compute(a bigint, b int default 2) returns bigint language sql immutable as 'select a + b';
create table public.t (id int primary key, n int default public.compute(1));
