create table public.t (id int primary key, level int default 0 not null, constraint chk_level check (level between 0 and 9));
create index idx_t_level on public.t (level) where level > 5;
