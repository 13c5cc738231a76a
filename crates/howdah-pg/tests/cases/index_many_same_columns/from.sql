create table public.t (id int primary key, a int);
create index on public.t (a);
create index on public.t (a);
