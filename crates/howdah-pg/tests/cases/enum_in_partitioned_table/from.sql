create type public.kind as enum ('in', 'out', 'none');
create table public.moves (id int, at date not null, kind public.kind not null default 'in') partition by range (at);
create table public.moves_2023 partition of public.moves for values from ('2023-01-01') to ('2024-01-01');
create table public.moves_rest partition of public.moves default;
create index moves_kind on public.moves (kind) where kind <> 'out';
