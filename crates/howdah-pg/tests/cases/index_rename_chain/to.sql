create table public.t (a int, b int);
-- renamed-from: i1
create index i2 on public.t (a);
-- renamed-from: i2
create index i3 on public.t (b);
