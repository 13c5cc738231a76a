create table public.t (id int primary key, a bigint, b bigint, constraint ex exclude using gist (int8range(a, b, '[]') with &&));
