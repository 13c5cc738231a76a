create table public.t (id int primary key, v tsvector);
create index idx_v on public.t using gist (v tsvector_ops (siglen = 100));
