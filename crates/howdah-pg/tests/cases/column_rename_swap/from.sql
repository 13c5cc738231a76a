create table public.t (
  id int primary key,
  a int, -- renamed-from: b
  b text -- renamed-from: a
);
create index idx_a on public.t (a);
