create sequence public.a start 5;
create table public.t (id int primary key default nextval('public.a'));
