create table public.t (id int primary key, at timestamptz default now() not null, seen timestamp, at3 timestamptz);
create index idx_t_at on public.t (at desc);
