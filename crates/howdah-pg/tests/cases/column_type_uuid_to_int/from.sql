create table public.t (id int primary key, a uuid, b inet);
