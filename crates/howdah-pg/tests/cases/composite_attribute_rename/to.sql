create type public.name as (
  first text,
  -- renamed-from: last
  family text
);
create table public.people (id int primary key, name public.name);
create view public.lasts as select (name).family as last from public.people;
