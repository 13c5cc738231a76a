create table public.t (id int primary key, old_flag boolean);
