create table public.states (state text primary key, label text not null);
create table public.orders (id int primary key, state_code text references public.states (state));
create index idx_state on public.orders (state_code);
create view public.open_orders as select o.id from public.orders o join public.states s on s.state = o.state_code;
