-- The view and the foreign key that hang on the dropped table go first.

create table public.things (id int primary key, kind_id int);
