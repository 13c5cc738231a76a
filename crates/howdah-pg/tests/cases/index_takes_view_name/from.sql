create table public.t (id int primary key, a text);
create view public.lookup as select a from public.t;
