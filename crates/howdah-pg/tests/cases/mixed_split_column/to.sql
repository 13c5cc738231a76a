create table public.t (id int primary key, first_name text, last_name text, full_name text generated always as (first_name || ' ' || last_name) stored);
create unique index uq_name on public.t (full_name);
