create table public.pg_tables (id int, n int);
create view public.v as select id, n from public.pg_tables;
