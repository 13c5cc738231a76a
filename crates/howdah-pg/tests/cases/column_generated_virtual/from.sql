create table public.t (id int primary key, a int, b int, v int generated always as (a + b) virtual, s int generated always as (a * 2) stored, w int generated always as (a - 1) virtual, plain int);
create view public.doubled as select id, v * 2 as twice from public.t;
comment on column public.t.v is 'Sum';
