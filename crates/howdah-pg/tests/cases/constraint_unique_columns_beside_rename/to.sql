-- Its index cannot be built before the rename.
create table public.t (
  id int primary key,
  k int, -- renamed-from: n
  m int,
  constraint uq unique (k, m)
);
