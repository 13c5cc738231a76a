create table public.t (id int primary key, a numeric(14,4), b numeric(12,3) default 0, c double precision);
