create type public.old_mood as enum ('sad', 'ok', 'happy');
create type public.new_mood as enum ('happy', 'ok', 'sad', 'elated');

create table public.t (id int primary key, mood public.new_mood default 'ok' not null);
create index idx_t_mood on public.t (mood);
