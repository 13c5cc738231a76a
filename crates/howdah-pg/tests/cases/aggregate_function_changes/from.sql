create function public.step(int, int) returns int language sql immutable as 'select $1 + $2';
create aggregate public.total(int) (sfunc = public.step, stype = int, initcond = '0');
create table public.t (id int primary key);
create view public.v as select public.total(id) as total from public.t;
