create table public.t (id int primary key, k varchar(5));
