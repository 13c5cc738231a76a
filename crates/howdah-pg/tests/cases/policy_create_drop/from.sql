create table public.t (id int, owner_name name);
