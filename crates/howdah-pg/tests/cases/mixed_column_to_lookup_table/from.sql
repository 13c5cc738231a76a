create table public.orders (id int primary key, state text default 'new' not null constraint chk_state check (state in ('new', 'done')));
create index idx_state on public.orders (state) where state = 'new';
create view public.open_orders as select id from public.orders where state = 'new';
