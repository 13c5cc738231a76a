create table public.t (id int primary key, a text);
create unique index uq_a on public.t (a);
