create table public.t (id int primary key, a varchar(10), b varchar(10) default 'x'::character varying, c char(3));
create index idx_t_a on public.t (a);
