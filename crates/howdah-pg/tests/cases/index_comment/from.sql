create table public.t (id int primary key, a int, b int);
create index i1 on public.t (a);
create index i2 on public.t (b);
comment on index public.i2 is 'going';
comment on index public.t_pkey is 'the key''s index, not the key';
