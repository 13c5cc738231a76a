create type public.level as enum ('low', 'high', 'top');
create type public.levels as range (subtype = public.level);
create table public.t (id int primary key, levels public.levels);
