create extension citext;
create extension ltree;
create table public.people (id int primary key, email text not null unique, path text);
create index people_path on public.people (path);
create view public.emails as select email, path from public.people;
