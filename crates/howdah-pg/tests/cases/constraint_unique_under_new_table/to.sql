-- The key takes long to build, and the new table cannot do without it.
create table public.t (id int primary key, n int not null, constraint uq_n unique (n));
create table public.u (n int references public.t (n));
alter table public.u enable row level security;
create policy own_rows on public.u using (n > 0);
