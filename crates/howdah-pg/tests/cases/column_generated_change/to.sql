create table public.t (id int primary key, a int not null, g int generated always as (a + 2) stored);
create index idx_t_g on public.t (g);
create view public.v as select id, g from public.t;
comment on column public.t.g is 'One more.';
