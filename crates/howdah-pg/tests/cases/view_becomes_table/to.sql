create table public.t (id int primary key);
create table public.v (id int);
create materialized view public.w as select id from public.t;
