create table public.t (id int primary key, state text default 'new' not null, constraint chk_state check (state in ('new', 'open', 'shut')));
create index idx_t_state on public.t (state) where state = 'open';
