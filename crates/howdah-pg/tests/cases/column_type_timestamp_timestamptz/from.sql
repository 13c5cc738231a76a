create table public.t (id int primary key, at timestamp default now() not null, seen timestamptz, at3 timestamptz(3));
create index idx_t_at on public.t (at desc);
