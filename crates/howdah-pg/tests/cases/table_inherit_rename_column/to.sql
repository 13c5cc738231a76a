create table public.base (
  id int,
  title text -- renamed-from: label
);
create table public.derived (extra int) inherits (public.base);
-- renamed-from: idx_derived_label
create index idx_derived_title on public.derived (title);
