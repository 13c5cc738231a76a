create table public.a (id bigint primary key, n bigint);
create publication p for table public.a (id, n) where (id > 5);
comment on publication p is 'Kept';
