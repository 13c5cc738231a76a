create table public.t (id int not null, k text not null, n int, constraint t_pkey primary key (id, k)) partition by list (k);
create table public.t_a partition of public.t for values in ('a');
create table public.r (t_id int, k text, constraint fk_r foreign key (t_id, k) references public.t (id, k));
