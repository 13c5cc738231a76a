create type public.mood as enum ('sad', 'ok', 'happy');
create table public.people (
  id int primary key,
  mood public.mood not null default 'happy',
  check (mood <> 'happy' or id > 0)
);
create index people_happy on public.people (id) where mood = 'happy';
create view public.happy as select id from public.people where mood = 'happy';
