create type public.name as (
  first text,
  last text -- renamed-from: family
);
create table public.people (id int primary key, name public.name);
create view public.lasts as select (name).last as last from public.people;
