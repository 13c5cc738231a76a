create table public.t (id int generated always as identity (start with 10 increment by 2 minvalue 4 maxvalue 100000 cache 5 cycle) primary key);
