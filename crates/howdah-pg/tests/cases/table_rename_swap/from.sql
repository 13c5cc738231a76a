-- renamed-from: spare
create table public.main (id int primary key, payload jsonb not null, at date);
-- renamed-from: main
create table public.spare (code text primary key, n numeric);
