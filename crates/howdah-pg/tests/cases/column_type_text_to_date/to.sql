create table public.t (id int primary key, day date, at timestamp, span interval);
