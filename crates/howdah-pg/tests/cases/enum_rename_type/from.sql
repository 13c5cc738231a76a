-- renamed-from: feeling
create type public.mood as enum ('sad', 'happy');
create table public.people (id int primary key, mood public.mood default 'sad', moods public.mood[] default '{happy}');
create function public.opposite(public.mood) returns public.mood language sql immutable as $$
  select case $1 when 'sad' then 'happy' else 'sad' end::public.mood;
$$;
grant usage on type public.mood to howdah_case_app;
