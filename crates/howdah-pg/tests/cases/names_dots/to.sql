-- The dot is part of the name, not between two names.

create schema "a.b";
create table "a.b"."c.d" ("e.f" bigserial, g text not null);
create table public."a.b" (id bigint);
