create table public.notes (id int primary key, body text);
