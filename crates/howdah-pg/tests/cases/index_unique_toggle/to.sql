create table public.t (id int primary key, a text);
create unique index idx on public.t (a);
comment on index public.idx is 'By a.';
