create table public.t (id int primary key, tags text, nums int);
