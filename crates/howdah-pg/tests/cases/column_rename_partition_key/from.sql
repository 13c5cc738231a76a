create table public.t (
  id int not null,
  at date not null -- renamed-from: happened_on
) partition by range (at);
create table public.t_2024 partition of public.t for values from ('2024-01-01') to ('2025-01-01');
create index idx_t_at on public.t (at);
