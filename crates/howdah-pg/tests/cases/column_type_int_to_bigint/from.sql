create table public.t (id int primary key, n int default 7 not null, m smallint);
create index idx_t_n on public.t (n);
