create table public.t (id int primary key, a int, b int, constraint ex exclude using gist (int4range(a, b) with &&));
