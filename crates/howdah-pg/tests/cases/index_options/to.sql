create table public.t (id int primary key, a int, b int);
create index idx_a on public.t (a) with (deduplicate_items = off, fillfactor = 90);
create index idx_b on public.t (b);
