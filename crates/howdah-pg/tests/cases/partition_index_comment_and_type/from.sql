create table public.t (id int not null, n smallint, m int) partition by list (id);
create table public.t_1 partition of public.t for values in (1);
create table public.t_2 partition of public.t for values in (2) partition by list (id);
create table public.t_2a partition of public.t_2 for values in (2);
create index idx_n on public.t using brin (n);
comment on index public.idx_n is 'Of the whole';
create index idx_m on public.t (m);
comment on index public.idx_m is 'Of the whole';
comment on index public.t_1_m_idx is 'Of a part';
