create sequence public.a;
create sequence public.b;
create table public.t (id int primary key default nextval('public.a'), n int default nextval('public.b'));
alter sequence public.a owned by public.t.id;
