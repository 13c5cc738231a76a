create table public.t (id serial, a text);
