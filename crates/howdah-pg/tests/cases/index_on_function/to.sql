-- The function is new as well, and the index must wait for it.

create function public.fold(t text) returns text language sql immutable strict as $$ select lower(t) $$;
create table public.t (id int primary key, a text);
create index idx_fold on public.t (public.fold(a));
create unique index uq_fold on public.t (public.fold(a), id) where public.fold(a) <> '';
