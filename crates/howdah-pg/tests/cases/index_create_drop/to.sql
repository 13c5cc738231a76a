create table public.t (id int primary key, a text, b int);
create index idx_t_a on public.t (a);
create unique index uq_t_ab on public.t (a, b);
