create type public.state as enum ('a', 'b');
create sequence public.s;
create function public.f(int) returns int language sql immutable as 'select $1';
create collation public.c (provider = icu, locale = 'de');
create table public.t (id int primary key, state public.state, name text);
create view public.v as
  select id, state = 'a'::public.state as is_a, public.f(id) as f, name collate public.c as name
  from public.t tablesample system (10)
  where id < (select last_value from public.s)
  group by grouping sets ((id, state, name)) having count(*) filter (where id > 1) > 0
  window w as (order by id);
