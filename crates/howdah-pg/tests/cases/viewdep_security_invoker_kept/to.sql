create table public.t (id int primary key, n bigint);
create view public.v with (security_invoker = true) as select id, n from public.t;
create view public.w with (security_invoker = on, security_barrier = on) as select id from public.v;
