create table public.t (id int primary key, n int);
create materialized view public.gone as select id from public.t;
