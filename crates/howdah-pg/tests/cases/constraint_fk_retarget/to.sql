create table public.p1 (id int primary key);
create table public.p2 (id int primary key);
create table public.c (id int primary key, p_id int constraint fk references public.p2 (id));
