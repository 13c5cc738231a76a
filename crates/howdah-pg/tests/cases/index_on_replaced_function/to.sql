create function public.fold(t text) returns varchar language sql immutable as $$ select lower(t)::varchar $$;
create table public.t (id int primary key, a text);
create index idx_fold on public.t (public.fold(a));
