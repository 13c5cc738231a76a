-- Rebuilding the index forgets that the table is clustered on it.

create table public.t (id int primary key, a text);
create index idx_a on public.t (a, id);
alter table public.t cluster on idx_a;
create table public.u (id int primary key, a text);
create index idx_u on public.u (a);
alter table public.u cluster on idx_u;
