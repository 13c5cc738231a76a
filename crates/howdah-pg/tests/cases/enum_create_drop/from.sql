create type public.mood as enum ('sad', 'ok', 'happy');
create type public.size as enum ('small', 'large');
create table public.people (id int primary key, mood public.mood);
