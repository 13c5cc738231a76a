-- The key makes the column NOT NULL; dropping the key alone would leave it so.

create table public.t (id int primary key, a text);
