create table public.t (id int primary key);
create function public.f() returns bigint language sql stable begin atomic select count(*) from public.t; end;
create function public.g() returns bigint language sql stable as 'select count(*) from public.t';
