create table public.t (a int, b int);
-- renamed-from: i2
create index i1 on public.t (a);
-- renamed-from: i3
create index i2 on public.t (b);
