create domain public.name as text collate "und-x-icu";
create table public.people (id int primary key, name public.name);
create index people_name on public.people (name);
