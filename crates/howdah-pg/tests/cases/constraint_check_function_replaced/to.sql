-- The parameter's name changes, so the function is dropped and everything that calls it waits.

create function public.ok(value text) returns boolean language sql immutable as $$ select value <> '' $$;
create table public.t (id int primary key, a text, constraint chk_a check (public.ok(a)));
create index idx_t on public.t (a) where public.ok(a);
