create table public.base (id int not null);
create table public.one (a int) inherits (public.base);
create table public.two (b int) inherits (public.one);
