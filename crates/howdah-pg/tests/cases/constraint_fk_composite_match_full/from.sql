create table public.p (a int, b int, primary key (a, b));
create table public.c (id int primary key, pa int, pb int, constraint fk foreign key (pa, pb) references public.p (a, b));
