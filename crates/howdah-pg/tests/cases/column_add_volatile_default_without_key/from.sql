create table public.t (id int, n int);
