create table public.gone (id int primary key);
-- renamed-from: b
create table public.a (id int primary key);
create publication p for table public.gone, public.a;
