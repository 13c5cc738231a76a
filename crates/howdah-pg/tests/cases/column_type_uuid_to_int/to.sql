-- No cast exists, directly or through a sensible text.

create table public.t (id int primary key, a int, b point);
