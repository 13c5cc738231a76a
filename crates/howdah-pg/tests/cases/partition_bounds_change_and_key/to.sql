-- Key and index of the partition change while it is off its parent.
create table public.p (id int not null, at date not null, n bigint not null, constraint p_pkey primary key (n, id, at)) partition by range (at);
create table public.p1 partition of public.p for values from ('2024-01-01') to ('2026-01-01');
create index idx_p_n on public.p (n desc);
