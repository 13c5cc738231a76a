create schema "a.b";
create table "a.b"."c.d" ("e.f" serial, g text);
create table public."a.b" (id int);
