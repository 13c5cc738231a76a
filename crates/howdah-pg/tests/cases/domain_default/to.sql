create domain public.a as int default 2;
create domain public.b as int default 3;
create domain public.c as timestamptz;
create domain public.d as text default 'it''s';
create table public.t (id int primary key, a public.a, b public.b, c public.c);
