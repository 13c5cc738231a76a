create table public.t (id int primary key, a int, b int);
create index one on public.t (a);
create index two on public.t (b);
