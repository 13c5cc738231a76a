create function public.fold(t text) returns text language sql immutable as $$ select lower(t) $$;
create table public.t (id int primary key, a text);
create index idx_fold on public.t (public.fold(a));
