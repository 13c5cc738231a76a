create collation public.ci (provider = icu, locale = 'de-u-ks-level1', deterministic = false);
create table public.people (id int primary key, name text collate public.ci not null, unique (name));
create index people_name on public.people (lower(name) collate public.ci);
create view public.sorted as select id, name from public.people order by name collate public.ci;
create domain public.word as text collate public.ci;
