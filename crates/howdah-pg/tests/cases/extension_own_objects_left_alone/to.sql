create extension tablefunc;
create extension intarray;
create function public.mine() returns int language sql as 'select 2';
create table public.sets (id int primary key, members int[]);
create index sets_members on public.sets using gin (members gin__int_ops);
