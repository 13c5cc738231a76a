create table public.base (
  id int,
  label text -- renamed-from: title
);
create table public.derived (extra int) inherits (public.base);
create index idx_derived_label on public.derived (label);
