create table public.p (id int primary key);
create table public.c (id int primary key, p_id int);
