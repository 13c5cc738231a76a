create sequence public.a;
create sequence public.b increment 5 cache 10 cycle maxvalue 1000;
create sequence public.c start 100 minvalue 10;
create table public.t (id int primary key default nextval('public.a'));
