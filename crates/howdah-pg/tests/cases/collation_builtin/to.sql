create collation public.fast (provider = builtin, locale = 'C');
create table public.t (id int primary key, name text collate public.fast);
create collation public.added (provider = builtin, locale = 'C.UTF-8');
