-- The parent becomes what the table is like, and both get a key; a new partition comes along.
create table public.p (id bigint not null, at date not null, note text, constraint p_pkey primary key (id, at), constraint chk_p check (id > 0)) partition by range (at);
create index idx_p_note on public.p (note);
create table public.p1 partition of public.p for values from ('2024-01-01') to ('2025-01-01');
create table public.p2 partition of public.p (note default 'n') for values from ('2025-01-01') to ('2026-01-01');
create table public.p3 partition of public.p for values from ('2026-01-01') to ('2027-01-01');
