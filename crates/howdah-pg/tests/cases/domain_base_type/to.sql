create domain public.amount as bigint check (value >= 0) default 0;
create table public.accounts (id int primary key, amount public.amount not null, history public.amount[]);
create index accounts_amount on public.accounts (amount);
create view public.rich as select id from public.accounts where amount > 1000;
grant select on public.rich to howdah_case_app;
