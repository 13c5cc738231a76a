create table public.t (id int primary key, n bigint);
create view public.a with (security_invoker = true, security_barrier = true) as select id, n from public.t where n > 0 with cascaded check option;
alter view public.a alter column n set default 5;
