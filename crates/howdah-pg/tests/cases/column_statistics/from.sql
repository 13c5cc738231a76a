create table public.t (id int, a text, b text);
alter table public.t alter column b set statistics 10;
