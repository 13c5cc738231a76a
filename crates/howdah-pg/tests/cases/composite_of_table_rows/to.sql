create table public.people (id int primary key, name text, born date);
create type public.both as (person public.people, at date, note text);
create function public.label(public.people) returns text language sql stable as $$ select ($1).name || '!' $$;
create view public.labels as select p.label from public.people p;
