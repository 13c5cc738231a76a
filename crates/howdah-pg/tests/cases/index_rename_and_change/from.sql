create table public.t (id int primary key, a int, b int);
-- renamed-from: idx_new
create index idx_old on public.t (a);
