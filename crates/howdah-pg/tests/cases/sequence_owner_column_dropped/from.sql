create table public.t (id serial primary key, extra serial, name text);
