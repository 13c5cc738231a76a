create domain public.a as int not null;
create domain public.b as int;
create table public.t (id int primary key, a public.a, b public.b default 1);
