-- renamed-from: mood
create type public.feeling as enum ('sad', 'happy');
create table public.people (id int primary key, mood public.feeling default 'sad', moods public.feeling[] default '{happy}');
create function public.opposite(public.feeling) returns public.feeling language sql immutable as $$
  select case $1 when 'sad' then 'happy' else 'sad' end::public.feeling;
$$;
grant usage on type public.feeling to howdah_case_app;
