create schema "my schema";
create table "my schema"."a ""quoted"" table" ("a column" bigint, "it's" text default 'it''s' not null, "semi;colon" text, "dash--dash" text, "/* c */" text, "$$" text, "a.b" text);
create index "idx one" on "my schema"."a ""quoted"" table" ("a column", "it's");
comment on table "my schema"."a ""quoted"" table" is 'a; "comment" -- with /* everything */ $$ in it';
comment on column "my schema"."a ""quoted"" table"."a.b" is 'dot';
create view "my schema"."the view" as select "a column" as "b c" from "my schema"."a ""quoted"" table";
grant select on "my schema"."the view" to howdah_case_app;
