create domain public.a as int default 1;
create domain public.b as int;
create domain public.c as timestamptz default now();
create domain public.d as text default 'x';
create table public.t (id int primary key, a public.a, b public.b, c public.c);
