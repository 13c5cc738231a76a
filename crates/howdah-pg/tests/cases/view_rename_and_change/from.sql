create table public.t (id int primary key, name text);
-- renamed-from: things
create view public.items as select id, name from public.t;
