create table public.t (id int primary key, a text collate "C", b text collate "POSIX" not null);
create index idx_t_b on public.t (b);
create view public.v as select b from public.t order by b;
