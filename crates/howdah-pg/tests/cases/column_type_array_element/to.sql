create table public.t (id int primary key, nums bigint[] default '{}'::bigint[] not null, names text[]);
create index idx_t_nums on public.t using gin (nums);
