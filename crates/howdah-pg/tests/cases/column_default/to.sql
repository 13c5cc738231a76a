create table public.t (id int primary key, a int default 0, b int default 2, c text, d int default 5);
