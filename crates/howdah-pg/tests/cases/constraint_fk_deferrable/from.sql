create table public.p (id int primary key);
create table public.c (id int primary key, p_id int constraint fk references public.p (id));
create table public.d (id int primary key, p_id int constraint fk references public.p (id) deferrable initially deferred);
