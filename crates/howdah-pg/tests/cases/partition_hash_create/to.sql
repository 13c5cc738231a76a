create table public.t (id int not null primary key, a text) partition by hash (id);
create table public.t_0 partition of public.t for values with (modulus 4, remainder 0);
create table public.t_1 partition of public.t for values with (modulus 4, remainder 1);
create table public.t_2 partition of public.t for values with (modulus 4, remainder 2);
create table public.t_3 partition of public.t for values with (modulus 4, remainder 3);
