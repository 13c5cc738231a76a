create table public.t (id int primary key, a text, b int default 3, c date);
create view public.v as select a, b from public.t;
