create table public.t (id int primary key, a numeric(10,0), b double precision);
