create table public.hot (id int primary key, n int) with (fillfactor = 70);
