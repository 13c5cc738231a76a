create table public.t (id int primary key, a text, b text, constraint uq_a unique (a));
