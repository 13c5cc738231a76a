create table public.t (id bigint primary key, n bigint default 7 not null, m int);
create index idx_t_n on public.t (n);
