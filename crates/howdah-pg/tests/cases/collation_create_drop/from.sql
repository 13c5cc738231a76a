create collation public.numeric_order (provider = icu, locale = 'und-u-kn-true');
create collation public.gone (provider = libc, locale = 'C');
create table public.t (id int primary key, name text);
