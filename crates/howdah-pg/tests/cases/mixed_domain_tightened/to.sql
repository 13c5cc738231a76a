-- The domain's base type changes, so each column of it is rewritten under view, index and check.

create domain public.amount as bigint constraint chk_amount check (value >= 0 and value < 1000000);
create table public.t (id int primary key, a public.amount default 1 not null, list public.amount[]);
create index idx_a on public.t (a);
create view public.v as select a from public.t;
