create extension citext;
create table public.people (id int primary key, email citext not null, check (email like '%@%'));
grant select (email) on public.people to howdah_case_app;
