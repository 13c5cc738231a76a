create table public.t (
  id int,
  at date,
  b text -- renamed-from: a
) partition by range (at);
create table public.t_1 partition of public.t for values from ('2023-01-01') to ('2024-01-01');
create index idx_t on public.t (b);
