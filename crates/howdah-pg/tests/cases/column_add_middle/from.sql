create table public.t (id int, z text);
