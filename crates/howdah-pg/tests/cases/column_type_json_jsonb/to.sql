create table public.t (id int primary key, a jsonb default '{}'::jsonb not null, b json default '[]'::json, c jsonb);
create index idx_t_a on public.t using gin (a jsonb_path_ops);
