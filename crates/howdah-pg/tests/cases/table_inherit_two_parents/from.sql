create table public.named (name text);
create table public.dated (day date);
create table public.event (name text, day date, place text) inherits (public.named);
