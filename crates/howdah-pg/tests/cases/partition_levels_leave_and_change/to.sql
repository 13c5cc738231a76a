-- A table leaves with its own partitions, one of which leaves it in turn; another becomes partitioned.
create table public.m (id bigint not null, y int not null, r text not null, v int, w text default 'q', constraint m_pkey primary key (y, r, id)) partition by list (y);
create table public.m24 (id bigint not null, y int not null, r text not null, v int, w text default 'q', constraint m24_pkey primary key (y, r, id)) partition by list (r);
create table public.m24a partition of public.m24 for values in ('a');
create table public.m24b (id bigint, y int, r text, v int, w text);
create table public.m25 partition of public.m for values in (2025) partition by list (r);
create table public.m25x partition of public.m25 default;
create index mv on public.m (v, w);
