create sequence public.a increment 10 minvalue 0 maxvalue 500 cache 3 cycle;
create sequence public.b;
create sequence public.c start 200 minvalue 20;
create table public.t (id int primary key default nextval('public.a'));
