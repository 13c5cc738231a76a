-- renamed-from: "Straße 2"
create table public."straße" (
  id int,
  "größe" int -- renamed-from: "Größe ""groß"""
);
