-- An unlogged table cannot be published: it leaves the publication first.
create table public.a (id int primary key);
create unlogged table public.b (id int primary key);
create publication p for table public.a;
