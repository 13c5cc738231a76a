-- A table with the name of a catalog view: only its schema tells them apart.

create table public.pg_tables (id int, n bigint);
create view public.v as select id, n from public.pg_tables;
