create table public.t (id int not null, k text not null, constraint t_pkey primary key (id, k));
create table public.keep (id int primary key);
