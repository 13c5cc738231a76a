create table public.t (a int not null, b int not null, c text, constraint t_pkey primary key (a));
