create table public.pg_stats_mine (id int);
create table public."text" ("int4" int, "timestamp" timestamp);
create function public.lower(int) returns int language sql immutable as $$ select $1 - 1 $$;
