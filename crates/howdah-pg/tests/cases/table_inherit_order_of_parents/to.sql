-- A parent that is joined stands last.
create table public.a (id int);
create table public.b (id int);
create table public.kid (id int) inherits (public.b, public.a);
