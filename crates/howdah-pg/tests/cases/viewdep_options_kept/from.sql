create table public.t (id int primary key, n int);
create view public.barrier with (security_barrier = true) as select id, n from public.t;
create view public.checked as select id, n from public.t where n > 0 with local check option;
create view public.cascaded with (security_barrier = true) as select id, n from public.checked where n < 9 with cascaded check option;
