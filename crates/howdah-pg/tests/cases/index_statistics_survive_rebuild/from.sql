create table public.t (id int primary key, a varchar(20));
create index idx on public.t ((upper(a::text)));
alter index public.idx alter column 1 set statistics 300;
comment on index public.idx is 'Loud.';
