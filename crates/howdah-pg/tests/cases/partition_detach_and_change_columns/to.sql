-- Both tables lose and change the same columns, each by itself.
create table public.p (id int not null, at date not null, kept int default 4, shared bigint, fresh text) partition by range (at);
create index idx_p_both on public.p (shared);
create table public.p2 (id int not null, at date not null, kept text default 'x', shared bigint, fresh int not null default 7);
create index p2_both_idx on public.p2 (shared, id);
create view public.v as select id, shared from public.p2;
