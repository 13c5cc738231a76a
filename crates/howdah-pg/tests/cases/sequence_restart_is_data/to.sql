create sequence public.a start 6;
create table public.t (id int primary key default nextval('public.a'), n int);
