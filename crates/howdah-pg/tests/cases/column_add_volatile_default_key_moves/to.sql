-- The new key has another name, and is built when the rows have been filled.
create table public.t (id int not null, n int not null, token uuid not null default gen_random_uuid(), constraint by_n primary key (n, id));
