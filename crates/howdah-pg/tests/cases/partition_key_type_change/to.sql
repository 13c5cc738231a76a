-- A column of the partition key cannot change its type in place.

create table public.t (id int not null, n bigint not null) partition by range (n);
create table public.t_1 partition of public.t for values from (0) to (100);
create view public.v as select n from public.t;
