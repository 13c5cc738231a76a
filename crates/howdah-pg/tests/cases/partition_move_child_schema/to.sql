create schema old_years;

create table public.t (id int, at date) partition by range (at);
create index idx on public.t (id);
-- renamed-from: public.t_2023
create table old_years.t_2023 partition of public.t for values from ('2023-01-01') to ('2024-01-01');
