create table public.t (
  id int primary key,
  amount int default 0 not null -- renamed-from: amount_cents
);
create index idx_t_amount on public.t (amount);
