create table public.t (id int primary key, n int, m int, constraint uq unique (n));
create table public.u (n int references public.t (n));
