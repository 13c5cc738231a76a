create table public.t (id int primary key, n int);
create view public.v as select id, n from public.t;
alter view public.v alter column n set default 5;
