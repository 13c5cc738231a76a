create table public.t (id int primary key, n int);
create view public.a as select id, n from public.t;
create view public.b with (security_barrier, security_invoker) as select id, n from public.t;
create view public.c as select id, n from public.t where n > 0 with cascaded check option;
create view public.d with (check_option = local) as select id, n from public.t where n > 0;
