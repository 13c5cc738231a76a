create table public.base (id int, n int, constraint chk_n check (n > 0));
create table public.derived () inherits (public.base);
