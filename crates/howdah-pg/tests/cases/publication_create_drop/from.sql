create table public.t (id int primary key, n int);
create publication gone for table public.t;
