create table public.t (
  id int primary key,
  n int,
  -- renamed-from: chk_n
  constraint chk_bounds check (n between 1 and 10)
);
