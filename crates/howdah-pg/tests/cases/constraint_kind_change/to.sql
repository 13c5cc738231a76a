-- One name, another kind of constraint.

create table public.t (id int primary key, n int, constraint c unique (n));
