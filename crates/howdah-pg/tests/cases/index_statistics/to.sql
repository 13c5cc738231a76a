create table public.t (id int primary key, a text, n int);
create index idx on public.t (lower(a), n, (n * 2));
alter index public.idx alter column 1 set statistics 300;
