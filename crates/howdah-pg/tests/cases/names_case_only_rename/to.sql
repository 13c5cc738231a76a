-- renamed-from: people
create table public."People" (
  id int,
  "Name" text -- renamed-from: name
);
