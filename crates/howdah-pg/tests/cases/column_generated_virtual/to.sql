create table public.t (id int primary key, a int, b int, v int generated always as (a - b) virtual, s int generated always as (a * 2) virtual, w int generated always as (a - 1) stored, plain int generated always as (b + 1) virtual, added text generated always as (a::text) virtual);
create view public.doubled as select id, v * 2 as twice from public.t;
comment on column public.t.v is 'Difference';
