create table public.a (id int);
grant select on public.a to public;
