create table public.t (id bigint generated always as identity, at date not null) partition by range (at);
create table public.t_2024 partition of public.t for values from ('2024-01-01') to ('2025-01-01');
create table public.plain (id bigint not null, at date not null) partition by range (at);
create table public.plain_2024 partition of public.plain for values from ('2024-01-01') to ('2025-01-01');
