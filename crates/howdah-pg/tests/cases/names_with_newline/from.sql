create table public.t (id int, "two
lines" text);
