create table public.p (id int primary key, code text not null);
create unique index uq_code on public.p (code);
create table public.c (id int primary key, code text constraint fk references public.p (code));
