create sequence public.shared_seq;
create table public.a (id bigint default nextval('public.shared_seq') primary key);
create table public.b (id bigint default nextval('public.shared_seq') primary key);
