create table public.t (id int primary key, flag boolean, twice int, name text);
