create table public.t (id int, at date not null) partition by range (at);
create table public.t_2023 partition of public.t (constraint in_2023 check (at >= '2023-01-01' and at < '2024-01-01')) for values from ('2023-01-01') to ('2024-01-01');
create table public.t_2024 partition of public.t for values from ('2024-01-01') to ('2025-01-01');
