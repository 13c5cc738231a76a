create table public.t (id int primary key, a int, b int);
create index one on public.t (b);
create index two on public.t (a);
