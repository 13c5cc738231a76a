create table public.t (id int not null, code text not null, constraint t_pkey primary key (code), constraint uq_t unique (id));
