create function public.valid(text) returns boolean language sql immutable as $$ select $1 <> '' $$;
create domain public.word as text constraint valid check (public.valid(value));
create table public.words (id int primary key, word public.word);
