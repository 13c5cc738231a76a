create table public.t (id int primary key, a int, b int);
create index i1 on public.t (a);
create index i2 on public.t (b);
comment on index public.i1 is 'new';
