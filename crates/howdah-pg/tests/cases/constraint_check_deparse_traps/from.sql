create table public.t (id int primary key, a varchar(20), b char(2), n numeric, d date, j jsonb, tags text[]);
