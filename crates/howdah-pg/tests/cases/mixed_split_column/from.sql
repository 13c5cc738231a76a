create table public.t (id int primary key, full_name text);
create unique index uq_name on public.t (full_name);
