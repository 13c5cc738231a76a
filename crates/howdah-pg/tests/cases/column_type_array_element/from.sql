create table public.t (id int primary key, nums int[] default '{}'::int[] not null, names varchar(10)[]);
create index idx_t_nums on public.t using gin (nums);
