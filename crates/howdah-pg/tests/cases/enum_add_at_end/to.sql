create type public.mood as enum ('sad', 'ok', 'happy', 'very happy');
create table public.people (id int primary key, mood public.mood not null default 'ok');
