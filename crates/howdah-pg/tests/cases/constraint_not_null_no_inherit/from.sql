create table public.base (id int not null, a int constraint base_a not null no inherit, b int not null, c int);
create table public.derived (extra int) inherits (public.base);
