create table public.t (id int, n text) partition by hash (id);
create table public.t_0 partition of public.t for values with (modulus 2, remainder 0);
create table public.t_1 (id int, n text);
