create table public.t (id int primary key, n int, constraint c check (n > 0));
