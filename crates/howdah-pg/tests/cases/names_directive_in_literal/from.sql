create table public.t (id int, a text default '-- renamed-from: id');
create function public.f() returns text language sql immutable as $$
-- renamed-from: g
select 'x' $$;
