create table public.a (id int primary key, n int);
create table public.b (id int primary key, n int);
create table public.c (id int primary key, n int);
create publication p for table public.a, public.b;
