-- Index, table and view share one namespace: the dropped view's name becomes the index's.

create table public.t (id int primary key, a text);
create index lookup on public.t (a);
