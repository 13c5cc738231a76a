create table public.t (id int, a text, b text, c jsonb);
alter table public.t alter column a set storage main;
alter table public.t alter column c set storage external;
