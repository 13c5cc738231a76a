create table public.t (id int primary key, a numeric(10,2), b numeric, c real);
