create table public.a (id int primary key, n int, name text);
create publication p for table public.a (id, n) where (id > 5);
comment on publication p is 'Kept';
