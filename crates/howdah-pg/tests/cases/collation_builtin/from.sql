create collation public.fast (provider = builtin, locale = 'C.UTF-8');
create table public.t (id int primary key, name text collate public.fast);
create collation public.gone (provider = builtin, locale = 'C');
