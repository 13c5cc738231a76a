create table public.t (a int, b int, c int, constraint uq unique (a, b));
