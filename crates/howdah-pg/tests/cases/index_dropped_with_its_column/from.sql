create table public.t (id int primary key, n int, m int);
create index idx_m on public.t (m);
create unique index idx_n on public.t (n);
create index idx_nm on public.t (n, m);
