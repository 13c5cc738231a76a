create domain public.short_text as varchar(20);
create domain public.code as text check (value <> '');

create table public.t (id int primary key, a public.code default 'x');
