create sequence public.a as bigint;
create sequence public.b as int maxvalue 1000;
create table public.t (id bigint primary key default nextval('public.a'));
create view public.v as select last_value from public.a;
