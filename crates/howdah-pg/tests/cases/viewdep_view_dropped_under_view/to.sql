create table public.t (id int primary key, n int);
create view public.top as select id from public.t;
