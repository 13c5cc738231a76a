create domain public.amount as int constraint chk_amount check (value >= 0);
create table public.t (id int primary key, a public.amount default 1 not null, list public.amount[]);
create index idx_a on public.t (a);
create view public.v as select a from public.t;
