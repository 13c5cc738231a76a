create table public.log (id int primary key, t text);
alter table public.log replica identity full;
