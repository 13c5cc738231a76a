create extension citext;
create extension ltree;
create table public.people (id int primary key, email citext not null unique, path ltree);
create index people_path on public.people using gist (path);
create view public.emails as select email, path from public.people;
