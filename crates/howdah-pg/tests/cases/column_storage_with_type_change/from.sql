create table public.t (id int, a text, b numeric);
alter table public.t alter column a set storage plain;
