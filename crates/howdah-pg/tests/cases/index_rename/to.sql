create table public.t (id int primary key, a int);
-- renamed-from: idx_old
create index idx_new on public.t (a);
comment on index public.idx_new is 'Kept.';
