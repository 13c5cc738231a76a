-- The bounds are taken until the old one is dropped.
create table public.p (id int not null, at date not null) partition by range (at);
create table public.fresh partition of public.p for values from ('2024-06-01') to ('2025-06-01');
create index idx_p_id on public.p (id);
