-- What is detached changes further in the same plan.
create table public.t (id int, at date) partition by range (at);
-- renamed-from: t_2023
create table public."T 2023" (id bigint not null, at date, constraint uq unique (id));
create table public.t_2024 partition of public.t for values from ('2024-01-01') to ('2025-01-01');
