-- Each takes the other's name. Their columns tell which is which, so that a second run does not swap them back.

-- renamed-from: spare
create table public.main (code text primary key, n numeric);
-- renamed-from: main
create table public.spare (id int primary key, payload jsonb not null, at date);
