create table public.a (id int);
create table public.b (id int);
create table public.kid (id int) inherits (public.a, public.b);
