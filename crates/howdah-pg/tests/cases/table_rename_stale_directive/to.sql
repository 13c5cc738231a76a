-- A directive whose old name is gone says nothing any more.

-- renamed-from: ancient_things
create table public.things (
  id int primary key,
  label text, -- renamed-from: caption
  size int
);
