create table public.t (id bigint primary key, n smallint not null);
