create table public.t (id int primary key, a text, tags text[], p point, at timestamptz);
create index i1 on public.t using hash (a);
create index i2 on public.t using gin (tags) with (fastupdate = off);
create index i3 on public.t using brin (at) with (pages_per_range = 32, autosummarize = on);
create index i4 on public.t using gist (p) with (buffering = off);
create index i5 on public.t using spgist (p);
