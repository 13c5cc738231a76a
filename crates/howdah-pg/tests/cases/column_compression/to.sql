create table public.t (id int, a text compression pglz, b text);
