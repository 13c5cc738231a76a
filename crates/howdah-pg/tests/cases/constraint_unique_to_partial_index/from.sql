create table public.t (id int primary key, a text, gone boolean default false not null, constraint uq_a unique (a));
