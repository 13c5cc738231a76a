create table public.t (id int primary key, day text, at text, span text);
