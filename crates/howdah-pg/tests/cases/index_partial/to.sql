create table public.t (id int primary key, a text, gone_at timestamptz);
create index idx_t_a on public.t (a) where gone_at is null;
create index idx_t_gone on public.t (gone_at) where gone_at is not null and a <> 'x';
