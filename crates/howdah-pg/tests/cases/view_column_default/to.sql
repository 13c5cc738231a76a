create table public.t (id int primary key, n int);
create view public.a as select id, n from public.t;
create view public.b as select id, n from public.t;
alter view public.a alter column n set default 2;
alter view public.b alter column id set default 3;
