create table public.base (id int, n int check (n > 0));
create table public.derived (extra text) inherits (public.base);
create index idx_d on public.derived (n);
create view public.v as select tableoid::regclass::text as src, n from public.base;
create policy p on public.derived using (n > 1);
