create extension citext;
create extension pg_trgm;
create table public.people (id int primary key, name text);
create index people_name on public.people using gin (name gin_trgm_ops);
