create table public.t (id int not null, n int, constraint t_pkey primary key (id)) partition by range (id);
create table public.t_1 partition of public.t for values from (0) to (10);
create index idx_n on public.t (n) with (fillfactor = 75);
create index idx_id on public.t (id, n) with (deduplicate_items = off);
create index own on public.t_1 (n, id) with (fillfactor = 65);
