-- A unique constraint and a unique index of one name are not the same thing.

create table public.t (id int primary key, a text);
create unique index uq_a on public.t (a);
