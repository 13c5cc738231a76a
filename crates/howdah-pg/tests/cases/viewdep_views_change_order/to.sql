-- First one view leans on the other, then the other on the one.

create table public.t (id int primary key);
create view public.b as select id from public.t;
create view public.a as select id from public.b;
