create table public.t (id bigserial primary key);
