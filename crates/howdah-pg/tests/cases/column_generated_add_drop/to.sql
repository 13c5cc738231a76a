create table public.t (id int primary key, first text not null, last text not null, full_name text generated always as (first || ' ' || last) stored not null);
create index idx_t_full on public.t (full_name);
