-- The star is fixed when the view is made.

create table public.t (id int primary key, a text, b text default 'b');
create view public.v as select * from public.t;
