create type public.state as enum ('new', 'open', 'shut');
create table public.t (id int primary key, state public.state default 'new' not null);
create index idx_t_state on public.t (state) where state = 'open';
