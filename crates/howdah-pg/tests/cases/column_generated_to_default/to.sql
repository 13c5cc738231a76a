create table public.t (id int primary key, a int, g int default 5 not null);
