-- The foreign key leans on a bare unique index, which is rebuilt.

create table public.p (id int primary key, code text not null);
create unique index uq_code on public.p (code) with (fillfactor = 70);
create table public.c (id int primary key, code text constraint fk references public.p (code));
