create schema "order";
create table "order"."table" ("select" int primary key, "from" text);
