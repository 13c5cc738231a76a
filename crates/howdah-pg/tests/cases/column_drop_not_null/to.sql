-- The column cannot come back by itself while rows are there: the way down has to fill it.

create table public.t (id int primary key);
