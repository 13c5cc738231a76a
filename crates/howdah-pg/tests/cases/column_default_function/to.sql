-- The function is made before the default that calls it and dropped after.

create function public.make_code() returns text language sql volatile as $$ select 'made' $$;
create table public.t (id int primary key, code text default public.make_code() not null);
