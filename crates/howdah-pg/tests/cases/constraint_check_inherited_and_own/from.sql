create table public.base (id int, n int);
create table public.derived (constraint chk_own check (n < 100)) inherits (public.base);
