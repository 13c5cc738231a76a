create table public.base (id int primary key, a int);
create table public.derived (b int) inherits (public.base);
create publication p for table only public.base (id), public.derived (id, b);
create publication gone for table public.base (id) where (id > 1);
