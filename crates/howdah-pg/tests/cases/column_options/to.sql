create table public.t (id int, a text, b text);
alter table public.t alter column a set (n_distinct = -0.5, n_distinct_inherited = 100);
alter table public.t alter column b set (n_distinct_inherited = 20);
