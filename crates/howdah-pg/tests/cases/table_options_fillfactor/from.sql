create table public.hot (id int primary key, n int);
