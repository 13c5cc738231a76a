create table public.t (
  id int primary key,
  n int,
  -- renamed-from: chk_n
  constraint chk_positive check (n > 0)
);
