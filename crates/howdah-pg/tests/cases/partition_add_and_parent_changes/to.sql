create table public.o (id int primary key);
create table public.p (id int not null, at date not null, o_id int, constraint fk_o foreign key (o_id) references public.o (id), constraint chk_p check (id <> 5)) partition by range (at);
create table public.p1 partition of public.p for values from ('2024-01-01') to ('2025-01-01');
create table public.named partition of public.p for values from ('2025-01-01') to ('2026-01-01');
create index idx_p_o on public.p (o_id);
alter index public.named_o_id_idx rename to another_name;
