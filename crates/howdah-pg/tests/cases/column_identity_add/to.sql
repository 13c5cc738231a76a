create table public.t (id int generated always as identity constraint t_pkey primary key, a text);
