create table public.t (id int primary key, a int, b int, c int);
create index idx on public.t (a desc, b asc nulls first, c desc nulls last);
