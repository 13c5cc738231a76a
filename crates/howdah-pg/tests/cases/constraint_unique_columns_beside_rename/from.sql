create table public.t (
  id int primary key,
  n int, -- renamed-from: k
  m int,
  constraint uq unique (n)
);
