create table public.t (a int, b int);
create index i1 on public.t (a);
create index i2 on public.t (b);
