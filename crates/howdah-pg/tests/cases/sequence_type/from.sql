create sequence public.a as int;
create sequence public.b as bigint maxvalue 1000000;
create table public.t (id int primary key default nextval('public.a'));
create view public.v as select last_value from public.a;
