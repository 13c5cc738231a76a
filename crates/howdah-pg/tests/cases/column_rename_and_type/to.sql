create table public.t (
  id int primary key,
  amount_cents bigint default 1 -- renamed-from: amount
);
create index idx_t_amount on public.t (amount_cents);
