create table public.t (id int not null, a text, constraint t_pkey primary key (id));
