-- The default cannot be cast by itself: it goes first and comes back in the new type.

create table public.t (id int primary key, n int default 5 not null);
