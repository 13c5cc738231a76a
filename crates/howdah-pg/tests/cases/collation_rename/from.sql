-- renamed-from: german
create collation public.deutsch (provider = icu, locale = 'de-DE');
create table public.t (id int primary key, name text collate public.deutsch);
create index t_name on public.t (name);
