create view public.thing as select 1 as id;
create procedure public.work() language sql as 'select 1';
create table public.counter (last_value int);
create type public.shape as (a int);
