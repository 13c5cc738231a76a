create table public.t (id bigint, region text, at date, note text not null, extra int default 3) partition by list (region);
create table public.t_us partition of public.t for values in ('us') partition by range (at);
create table public.t_us_2023 partition of public.t_us for values from ('2023-01-01') to ('2024-01-01');
create index idx_t on public.t (note);
