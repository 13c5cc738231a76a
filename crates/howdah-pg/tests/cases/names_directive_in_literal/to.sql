-- The words stand in a string and in a body, where they declare nothing.

create table public.t (id int, b text default '
-- renamed-from: a
');
create function public.f() returns text language sql immutable as $$
-- renamed-from: h
select 'y' $$;
