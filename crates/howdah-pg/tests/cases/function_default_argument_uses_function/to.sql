create function public.z(out n bigint) language sql as 'select 1::bigint';
create function public.a(x bigint default public.z()) returns bigint language sql as 'select x';
