-- renamed-from: "straße"
create table public."Straße 2" (
  id int,
  "Größe ""groß""" int -- renamed-from: "größe"
);
