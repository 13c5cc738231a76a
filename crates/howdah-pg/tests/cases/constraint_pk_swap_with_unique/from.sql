create table public.t (id int not null, code text not null, constraint t_pkey primary key (id), constraint uq_t unique (code));
