create table public.t (id int primary key, n int, m int, constraint uuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuu unique (n) include (m));
