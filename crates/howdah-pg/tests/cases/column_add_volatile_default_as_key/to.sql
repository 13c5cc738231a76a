-- The new column must be filled before it can be the key that another table points at.
create table public.t (id int not null, n int, token uuid not null default gen_random_uuid() primary key);
create table public.u (token uuid references public.t (token));
alter table public.u enable row level security;
create policy everybody on public.u using (true);
