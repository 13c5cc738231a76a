create table public.t (
  id int primary key,
  n int,
  -- renamed-from: chk_bounds
  constraint chk_n check (n > 0)
);
