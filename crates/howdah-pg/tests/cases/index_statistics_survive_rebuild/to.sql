create table public.t (id int primary key, a text);
create index idx on public.t ((upper(a)));
alter index public.idx alter column 1 set statistics 300;
comment on index public.idx is 'Loud.';
