create table public.t (id int, a text, b text compression pglz);
