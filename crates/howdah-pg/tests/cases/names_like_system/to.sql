-- Names that also exist in pg_catalog or are types there.

create table public.pg_stats_mine (id bigint);
create function public.lower(int) returns int language sql immutable as $$ select $1 - 1 $$;
create table public."text" ("int4" int check (public.lower("int4") > 0), "timestamp" timestamptz, t pg_catalog.text);
create table public.uses (row_of public."text", plain text);
