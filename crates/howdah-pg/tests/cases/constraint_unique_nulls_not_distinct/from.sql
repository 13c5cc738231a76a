create table public.t (id int primary key, a text, constraint uq_a unique (a));
