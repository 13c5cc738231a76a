create type public.priority as enum ('low', 'middle', 'high');
create table public.tasks (id int primary key, priority public.priority not null);
create index tasks_priority on public.tasks (priority desc, id);
create view public.first as select id, priority from public.tasks order by priority limit 1;
