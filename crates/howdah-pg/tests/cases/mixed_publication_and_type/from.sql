create table public.t (id int primary key, n int, secret text);
create publication pub for table public.t (id, n) where (id > 0);
