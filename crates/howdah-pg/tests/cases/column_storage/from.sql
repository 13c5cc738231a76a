create table public.t (id int, a text, b text, c jsonb);
alter table public.t alter column b set storage external;
