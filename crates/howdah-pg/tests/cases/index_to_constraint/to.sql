-- Forward the constraint could take over the index that is there.

create table public.t (id int not null, a text, constraint t_pkey primary key (id), constraint uq_a unique (a));
