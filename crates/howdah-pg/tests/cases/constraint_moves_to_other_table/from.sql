create table public.a (id int, constraint the_key unique (id));
create table public.b (id int);
