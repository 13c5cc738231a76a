create table public.a (id int primary key, n int, name text);
create table public.b (id int primary key, n int, name text);
create publication p for table public.a (id, name) where (id < 3), public.b;
