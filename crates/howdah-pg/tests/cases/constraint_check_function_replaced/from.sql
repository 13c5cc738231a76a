create function public.ok(t text) returns boolean language sql immutable as $$ select t <> '' $$;
create table public.t (id int primary key, a text, constraint chk_a check (public.ok(a)));
create index idx_t on public.t (a) where public.ok(a);
