create table public.t (id int, a text, b text);
alter table public.t alter column a set statistics 500;
alter table public.t alter column b set statistics 0;
