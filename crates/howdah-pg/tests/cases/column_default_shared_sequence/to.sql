create sequence public.shared_seq;
create table public.a (id bigint default nextval('public.shared_seq') primary key);
alter sequence public.shared_seq owned by public.a.id;
create table public.b (id bigint primary key);
