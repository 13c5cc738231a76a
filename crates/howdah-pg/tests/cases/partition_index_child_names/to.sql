-- The children's indexes carry names chosen by hand.

create table public.t (id int, at date, a text) partition by range (at);
create table public.t_1 partition of public.t for values from ('2023-01-01') to ('2024-01-01');
create index idx_a on only public.t (a);
create index my_own_name on public.t_1 (a) with (fillfactor = 70);
alter index public.idx_a attach partition public.my_own_name;
