create table public.t (id int primary key, a int);
-- renamed-from: idx_new
create index idx_old on public.t (a);
comment on index public.idx_old is 'Kept.';
