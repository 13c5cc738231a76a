create table public.t (id serial primary key);
create table public.u (id int primary key default nextval('public.t_id_seq'));
