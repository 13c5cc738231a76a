-- A view's column may have a default of its own.

create table public.t (id int primary key, n bigint);
create view public.v as select id, n from public.t;
alter view public.v alter column n set default 7;
alter view public.v alter column id set default 1;
