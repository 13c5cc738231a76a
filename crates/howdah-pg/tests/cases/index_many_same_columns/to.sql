-- Several unnamed indexes over the same columns get numbered names.

create table public.t (id int primary key, a int);
create index on public.t (a);
create index on public.t (a) where a > 0;
create index on public.t using hash (a);
