-- The index on the column goes with it, the other may be dropped later.
create table public.t (id int primary key, n int, constraint uq_n unique (n));
