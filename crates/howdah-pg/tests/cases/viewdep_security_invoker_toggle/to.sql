create table public.t (id int primary key);
create view public.v with (security_invoker = true) as select id from public.t;
create view public.w as select id from public.t;
