-- No cast between the two at all: only an expression could carry the values, so nothing is seeded.

create table public.t (id int primary key, a text);
