create table public.t (id int primary key, name varchar(20), initial text generated always as (left(name::text, 1)) stored);
create unique index uq_t_initial on public.t (initial);
