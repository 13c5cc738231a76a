-- renamed-from: "People"
create table public.people (
  id int,
  name text -- renamed-from: "Name"
);
