create table public.p (id int not null, at date not null, gone text, kept int default 3, shared int) partition by range (at);
create table public.p2 partition of public.p for values from ('2025-01-01') to ('2026-01-01');
create index idx_p_both on public.p (shared);
create view public.v as select id, shared from public.p2;
