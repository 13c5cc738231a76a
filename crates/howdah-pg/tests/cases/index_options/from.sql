create table public.t (id int primary key, a int, b int);
create index idx_a on public.t (a) with (fillfactor = 70);
create index idx_b on public.t (b) with (deduplicate_items = off);
