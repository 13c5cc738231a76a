create table public.base (id int, state text default 'new');
create table public.derived () inherits (public.base);
