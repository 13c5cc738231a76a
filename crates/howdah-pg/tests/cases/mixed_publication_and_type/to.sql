-- The publication's row filter and column list name the changing column.

create table public.t (id bigint primary key, n bigint, secret text);
create publication pub for table public.t (id, n) where (id > 0);
