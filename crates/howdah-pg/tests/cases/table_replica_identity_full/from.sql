create table public.log (id int primary key, t text);
