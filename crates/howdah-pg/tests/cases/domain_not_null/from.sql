create domain public.a as int;
create domain public.b as int not null;
create table public.t (id int primary key, a public.a, b public.b default 1);
