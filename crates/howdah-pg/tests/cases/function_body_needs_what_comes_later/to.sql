create table public.t (id int primary key, amount numeric default 0);
create table public.a_first (id int primary key);
set check_function_bodies = off;
create function public.a() returns bigint language sql as 'select count(*) from public.z_last z join public.t using (id) where t.amount > 0';
set check_function_bodies = on;
create table public.z_last (id int primary key);
create function public.b() returns bigint language sql as 'select public.a() from public.a_first';
