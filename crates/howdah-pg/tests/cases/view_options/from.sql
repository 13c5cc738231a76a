create table public.t (id int primary key, n int);
create view public.a with (security_invoker = true) as select id, n from public.t;
create view public.b with (security_barrier) as select id, n from public.t;
create view public.c as select id, n from public.t where n > 0 with local check option;
create view public.d as select id, n from public.t where n > 0;
