-- renamed-from: fullname
create function public.full_name(first text, last text) returns text language sql immutable as $$ select first || ' ' || last $$;
-- renamed-from: tidy
create procedure public.clean() language sql as 'select 1';
create table public.people (id int primary key, first text, last text, full_name text generated always as (public.full_name(first, last)) stored);
create index people_name on public.people (public.full_name(first, last));
create view public.names as select public.full_name(first, last) as name from public.people;
comment on function public.full_name(text, text) is 'First and last';
grant execute on function public.full_name(text, text) to howdah_case_app;
