create table public.hot (id int, at date) partition by range (at);
create table public.cold (id int, at date) partition by range (at);
create table public.y2023 partition of public.cold for values from ('2023-01-01') to ('2024-01-01');
