create table public.t (id int primary key, a int, g int generated always as (5) stored);
