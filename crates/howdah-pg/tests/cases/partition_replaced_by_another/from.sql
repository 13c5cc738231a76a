create table public.p (id int not null, at date not null) partition by range (at);
create table public.old partition of public.p for values from ('2024-01-01') to ('2025-01-01');
