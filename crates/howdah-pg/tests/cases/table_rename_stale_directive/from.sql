-- renamed-from: ancient_things
create table public.things (
  id int primary key,
  label text -- renamed-from: caption
);
