-- The old check makes no sense on the new type, nor the old index predicate.

create table public.t (id int primary key, level text default '0' not null, constraint chk_level check (level ~ '^[0-9]$'));
create index idx_t_level on public.t (level text_pattern_ops) where level <> '0';
