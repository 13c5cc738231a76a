create table public.base (id int, n int, constraint chk_base check (n > 0));
create table public.derived (constraint chk_own check (n < 50)) inherits (public.base);
