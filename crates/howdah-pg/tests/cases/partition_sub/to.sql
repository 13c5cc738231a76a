create table public.t (id int, region text, at date) partition by list (region);
create table public.t_eu partition of public.t for values in ('eu');
create table public.t_us partition of public.t for values in ('us') partition by range (at);
create table public.t_us_2023 partition of public.t_us for values from ('2023-01-01') to ('2024-01-01');
create table public.t_us_rest partition of public.t_us default;
create index idx_t on public.t (at);
