create table public.t (id int primary key, a date, b time, c interval);
