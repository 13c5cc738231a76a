-- Another strategy and key: parent and partitions are made anew.

create table public.t (id int not null, at date not null) partition by hash (id);
create table public.t_1 partition of public.t for values with (modulus 1, remainder 0);
