create table public.m (id int not null, y int not null, r text not null, v int, constraint m_pkey primary key (id, y, r)) partition by list (y);
create table public.m24 partition of public.m for values in (2024) partition by list (r);
create table public.m24a partition of public.m24 for values in ('a');
create table public.m24b partition of public.m24 for values in ('b');
create table public.m25 partition of public.m for values in (2025);
create index mv on public.m (v);
