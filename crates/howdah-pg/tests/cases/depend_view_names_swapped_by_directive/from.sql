create table public.t (id int primary key, a int);
-- renamed-from: two
create view public.one as select id from public.t;
-- renamed-from: one
create view public.two as select a from public.t;
