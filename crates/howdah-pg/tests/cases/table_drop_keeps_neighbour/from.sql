create table public.a (id int primary key);
create table public.b (id int primary key, a_id int references public.a (id));
create table public.c (id int primary key, b_id int references public.b (id));
