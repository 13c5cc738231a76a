create table public.base (id int not null, a int constraint base_a not null, b int constraint base_b_not_null not null no inherit, c int not null no inherit);
create table public.derived (extra int) inherits (public.base);
