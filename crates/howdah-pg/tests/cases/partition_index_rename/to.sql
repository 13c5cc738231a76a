create table public.t (id int, at date, a text) partition by range (at);
create table public.t_1 partition of public.t for values from ('2023-01-01') to ('2024-01-01');
-- renamed-from: idx_before
create index idx_after on public.t (a);
