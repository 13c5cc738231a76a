create table public.t (id int not null, a text);
create unique index t_pkey on public.t (id);
create unique index uq_a on public.t (a);
