create table public.t (id int primary key, a text, tags text[], p point, at timestamptz);
create index i1 on public.t (a);
create index i2 on public.t (tags);
create index i3 on public.t (at);
