-- What is inherited bears its parent's name, and cannot be renamed.
create table public.base (id int constraint base_id not null, a int, b int);
create table public.derived (id int constraint mine not null, a int constraint own_a not null, b int, extra int) inherits (public.base);
create table public.loose (id int not null, a int, b int not null);
create table public.p (id int constraint p_must not null, at date) partition by range (at);
create table public.p_1 partition of public.p for values from ('2024-01-01') to ('2025-01-01');
create table public.q (id int not null, at date not null) partition by range (at);
create table public.p_2 partition of public.q for values from ('2025-01-01') to ('2026-01-01');
