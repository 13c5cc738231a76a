create table public.t (id int primary key, a int, b int);
create index idx_new on public.t (a, b); -- renamed-from: idx_old
