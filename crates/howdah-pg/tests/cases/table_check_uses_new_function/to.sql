create function public.is_code(t text) returns boolean language sql immutable as $$ select t ~ '^[A-Z]+$' $$;
create function public.next_code() returns text language sql volatile as $$ select 'A' $$;
create table public.a (
  id int primary key,
  code text default public.next_code() constraint chk_code check (public.is_code(code))
);
