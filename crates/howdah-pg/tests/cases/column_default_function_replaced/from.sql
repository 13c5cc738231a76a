create function public.next_n() returns int language sql volatile as $$ select 1 $$;
create table public.t (id int primary key, n bigint default public.next_n());
