create table public.a (id int not null, at date not null, note text, only_a int, constraint a_pkey primary key (id, at)) partition by range (at);
create index idx_a_note on public.a (note);
create table public.b (id bigint not null, at date not null, note varchar(20), only_b int, constraint b_pkey primary key (at, id), constraint chk_b check (id > 0)) partition by range (at);
create table public.t partition of public.b for values from ('2025-01-01') to ('2026-01-01');
