create table public."Users" ("Id" int constraint "PK_Users" primary key, "userName" text);
