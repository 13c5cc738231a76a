create table public.a (id int primary key, n int, name text);
create table public.b (id int primary key, n int, name text);
create publication p for table public.a (id, n), public.b where (id > 5);
