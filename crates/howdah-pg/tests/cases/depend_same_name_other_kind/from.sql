create table public.thing (id int primary key);
create function public.work() returns int language sql as 'select 1';
create sequence public.counter;
create type public.shape as enum ('a');
