create sequence public.n_seq start with 1000 increment by 10;
create table public.t (id int primary key, n bigint default nextval('public.n_seq'));
