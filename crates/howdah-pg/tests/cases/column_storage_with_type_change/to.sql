-- The storage that the new type starts with is another one.

create table public.t (id int, a jsonb, b text);
alter table public.t alter column a set storage external;
