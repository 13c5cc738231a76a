create table public.t (id int primary key, r int8range, ts tstzrange);
