create table public.t (id int primary key, n int, at timestamp);
create index idx_n on public.t ((n % 10), n desc) include (at) where n > 5;
create index idx_day on public.t ((at::date));
