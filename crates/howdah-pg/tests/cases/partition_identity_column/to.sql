-- A column filled from a sequence on a partitioned table.

create table public.t (id bigint generated always as identity, at date) partition by range (at);
create table public.t_1 partition of public.t for values from ('2023-01-01') to ('2024-01-01');
