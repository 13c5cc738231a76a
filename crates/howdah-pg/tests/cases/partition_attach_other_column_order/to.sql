create table public.t (id int, at date, a text default 'parent') partition by range (at);
create table public.t_2023 (a text default 'child', at date, id int);
alter table public.t attach partition public.t_2023 for values from ('2023-01-01') to ('2024-01-01');
