create table public.t (id int primary key, a int, b int default 1, c text default 'x', d int default 5);
