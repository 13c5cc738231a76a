create table public.empty_one (id int);
