create table public."größe" ("straße" text, "naïve" int);
create table public."表" ("列" int primary key);
