create table public.t (id int primary key, n int, constraint chk_n check (n > 0));
comment on constraint chk_n on public.t is 'Bounds.';
