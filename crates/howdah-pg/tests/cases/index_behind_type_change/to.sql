-- The expression is written for the old type; index and column change together.

create table public.t (id int primary key, n numeric, at timestamptz);
create index idx_n on public.t ((n % 10::numeric), n desc) include (at) where n > 5::numeric;
create index idx_day on public.t (((at at time zone 'UTC')::date));
