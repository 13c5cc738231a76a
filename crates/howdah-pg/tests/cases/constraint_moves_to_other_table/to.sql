-- The index name is free only once the first table has let go of it.

create table public.a (id int);
create table public.b (id int, constraint the_key unique (id));
