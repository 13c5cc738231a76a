create table public.t (id int primary key, a text, b int, constraint uq_ab unique (a, b), unique (b));
