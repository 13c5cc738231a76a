create table public.t (
  id int primary key,
  n int,
  -- renamed-from: chk_positive
  constraint chk_n check (n > 0)
);
