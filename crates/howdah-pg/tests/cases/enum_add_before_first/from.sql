create type public.level as enum ('b', 'd');
create table public.t (id int primary key, level public.level);
create index t_level on public.t (level);
