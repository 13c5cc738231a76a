-- Only the base column changes; the generated one still has to step aside.

create table public.t (id int primary key, name text, initial text generated always as (left(name, 1)) stored);
create unique index uq_t_initial on public.t (initial);
