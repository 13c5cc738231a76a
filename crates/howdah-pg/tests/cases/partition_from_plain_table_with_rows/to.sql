create table public.t (id int not null, k text not null, constraint t_pkey primary key (id, k)) partition by list (k);
create table public.t_rest partition of public.t default;
create table public.keep (id int primary key);
