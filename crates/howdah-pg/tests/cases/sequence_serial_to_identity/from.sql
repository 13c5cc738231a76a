create table public.t (id serial primary key, n bigserial, name text);
