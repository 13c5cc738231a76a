create table public.a (id int);
grant insert on public.a to public;
revoke select on public.a from public;
