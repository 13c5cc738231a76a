create sequence public.s;
create function public.next(n bigint default nextval('public.s')) returns bigint language sql as 'select n';
create table public.t (id int primary key, n bigint default public.next());
alter sequence public.s owned by public.t.n;
create function public.current() returns bigint language sql begin atomic select last_value from public.s; end;
