-- The result type changes, so the function is dropped, and the default must let go of it.

create function public.next_n() returns bigint language sql volatile as $$ select 1::bigint $$;
create table public.t (id int primary key, n bigint default public.next_n());
