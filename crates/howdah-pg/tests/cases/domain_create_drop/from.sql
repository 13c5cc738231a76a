create domain public.email as text check (value like '%@%');
create domain public.percent as int check (value between 0 and 100);
create table public.t (id int primary key, mail text, share public.percent);
