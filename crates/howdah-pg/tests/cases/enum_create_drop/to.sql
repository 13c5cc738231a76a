create type public.mood as enum ('sad', 'ok', 'happy');
create type public."Odd Name" as enum ('it''s', 'two words', 'ünï', '');
create type public.nothing as enum ();
create table public.people (id int primary key, mood public.mood);
