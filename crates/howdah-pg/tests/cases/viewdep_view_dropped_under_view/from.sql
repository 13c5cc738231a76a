create table public.t (id int primary key, n int);
create view public.mid as select id, n from public.t;
create view public.top as select id from public.mid;
