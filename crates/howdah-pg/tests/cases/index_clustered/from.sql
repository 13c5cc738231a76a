create table public.t (id int primary key, a text);
create index idx_a on public.t (a);
