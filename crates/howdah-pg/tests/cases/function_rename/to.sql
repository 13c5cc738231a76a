-- renamed-from: full_name
create function public.fullname(first text, last text) returns text language sql immutable as $$ select first || ' ' || last $$;
-- renamed-from: clean
create procedure public.tidy() language sql as 'select 2';
create table public.people (id int primary key, first text, last text, full_name text generated always as (public.fullname(first, last)) stored);
create index people_name on public.people (public.fullname(first, last));
create view public.names as select public.fullname(first, last) as name from public.people;
comment on function public.fullname(text, text) is 'First and last';
grant execute on function public.fullname(text, text) to howdah_case_app;
