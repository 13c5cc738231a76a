create table public.t (id int primary key, n int);
create materialized view public.a as select id, n from public.t;
create materialized view public.b as select id, n from public.t;
comment on materialized view public.a is 'Before';
grant select on public.a to public;
