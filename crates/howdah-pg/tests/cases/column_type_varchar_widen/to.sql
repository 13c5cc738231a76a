create table public.t (id int primary key, a varchar(50), b text default 'x'::text, c char(5));
create index idx_t_a on public.t (a);
