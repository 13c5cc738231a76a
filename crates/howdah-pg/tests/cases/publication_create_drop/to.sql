create table public.t (id int primary key, n int);
create publication one for table public.t with (publish = 'insert, update');
create publication everything for all tables;
create publication nothing;
comment on publication one is 'New';
