create table public.t (id int primary key, r int4range, ts tsrange);
