create table public.t (a int, b int);
create index idx on public.t (a, b);
