-- A logged table cannot refer to an unlogged one: the foreign key goes first.
create unlogged table public.a (id int primary key);
create table public.b (id int primary key, a_id int);
