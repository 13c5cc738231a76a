create table public.t (a int not null, b int default 0 not null, note text, constraint t_pkey primary key (a, b));
