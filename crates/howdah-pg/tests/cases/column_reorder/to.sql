-- Column order is never a difference.

create table public.t (c date, b int default 3, id int primary key, a text);
create view public.v as select a, b from public.t;
