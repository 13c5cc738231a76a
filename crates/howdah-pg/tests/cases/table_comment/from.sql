create table public.a (id int);
create table public.b (id int);
comment on table public.b is 'old words';
create table public.c (id int);
comment on table public.c is 'going';
