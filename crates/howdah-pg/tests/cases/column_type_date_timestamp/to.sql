create table public.t (id int primary key, a timestamptz, b time(0), c interval day to second);
