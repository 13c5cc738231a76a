create table public.t (a int not null, note text, constraint t_pkey primary key (a));
