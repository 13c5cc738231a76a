create table public.old_source (id int primary key, n int);
create view public.v as select id, n from public.old_source;
create view public.w as select n from public.v;
