create domain public.name as text collate "C";
create table public.people (id int primary key, name public.name);
create index people_name on public.people (name);
