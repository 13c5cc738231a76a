create schema "order";
create table "order"."table" (
  "select" int primary key,
  "from" varchar(20) default 'where' not null,
  "user" int generated always as ("select" + 1) stored,
  constraint "check" check ("from" <> ''),
  constraint "unique" unique ("from")
);
create index "index" on "order"."table" ("user") where "user" > 0;
create view "order"."view" as select "select", "from" as "group" from "order"."table";
create policy "all" on "order"."table" using ("from" = current_user);
alter table "order"."table" enable row level security;
