create table public.t (id int primary key, name text);
create view public.gone as select id from public.t;
