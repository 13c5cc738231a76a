create table public.base (id int primary key, a int);
create table public.derived (b int) inherits (public.base);
create table public.other (c int) inherits (public.base);
create publication only_child for table public.base;
create publication twice for table only public.base;
create publication none for table only public.base, public.other;
create publication added for table public.base;
