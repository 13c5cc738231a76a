-- renamed-from: deutsch
create collation public.german (provider = icu, locale = 'de-DE');
create table public.t (id int primary key, name text collate public.german);
create index t_name on public.t (name);
