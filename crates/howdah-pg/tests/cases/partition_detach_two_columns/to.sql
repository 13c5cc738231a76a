-- The check that the server leaves is named after no column.
create table public.t (id int, at date) partition by range (at, id);
create table public.t_2023 (id int, at date);
