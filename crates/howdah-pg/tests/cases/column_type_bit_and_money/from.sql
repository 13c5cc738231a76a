create table public.t (id int primary key, a bit(8), m numeric(12,2), i inet, n name);
