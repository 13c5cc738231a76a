-- renamed-from: never_was
create table public.t (
  id int primary key,
  a int, -- renamed-from: neither_this
  b int
);
