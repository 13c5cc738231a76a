create table public.t (id int primary key, a text, b varchar(10), j jsonb);
create index idx_a on public.t (a);
create index idx_j on public.t using gin (j);
