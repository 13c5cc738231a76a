create domain public.code as text check (value in ('a', 'b', 'c'));
create table public.t (id int primary key, code public.code);
