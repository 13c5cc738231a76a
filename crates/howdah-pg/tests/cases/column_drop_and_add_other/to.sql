-- Nothing says that one became the other, so it did not.

create table public.t (id int primary key, score numeric);
