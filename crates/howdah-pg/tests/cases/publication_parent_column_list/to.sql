create table public.base (id int primary key, a int);
create table public.derived (b int) inherits (public.base);
create publication p for table public.base (id) where (id > 0);
create publication added for table only public.base (id, a), public.derived (id);
