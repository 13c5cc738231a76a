create table public.a (id int primary key, b_id int);
create table public.b (id int primary key, a_id int);
