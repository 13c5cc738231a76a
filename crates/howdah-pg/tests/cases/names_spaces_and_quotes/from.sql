create schema "my schema";
create table "my schema"."a ""quoted"" table" ("a column" int, "it's" text, "semi;colon" text, "dash--dash" text, "/* c */" text);
create index "idx one" on "my schema"."a ""quoted"" table" ("a column");
