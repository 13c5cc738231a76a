create table public.base (id int primary key, a int);
create table public.derived (b int) inherits (public.base);
create table public.other (c int) inherits (public.base);
create publication only_child for table public.derived;
create publication twice for table public.base, public.derived;
create publication none;
create publication gone for table public.base;
