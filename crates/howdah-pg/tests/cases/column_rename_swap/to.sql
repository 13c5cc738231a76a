-- The two columns change names; their types tell whether that is still to be done.

create table public.t (
  id int primary key,
  a text, -- renamed-from: b
  b int -- renamed-from: a
);
create index idx_a on public.t (b);
