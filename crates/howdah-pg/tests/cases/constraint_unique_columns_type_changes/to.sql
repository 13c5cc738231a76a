create table public.t (id int primary key, n bigint, m int, constraint uq unique (n) include (m));
create table public.u (n bigint references public.t (n));
