create table public.t (id int, at date, a text default 'parent') partition by range (at);
create table public.t_2023 (a text default 'child', extra_id int, at date, id int);
alter table public.t_2023 drop column extra_id;
