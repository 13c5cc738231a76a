create table public.fresh (id int primary key);
-- renamed-from: a
create table public.b (id int primary key);
create publication p for table public.fresh, public.b;
