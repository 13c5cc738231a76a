create collation public.numeric_order (provider = icu, locale = 'und-u-kn-true');
create collation public.no_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
create table public.t (id int primary key, name text collate public.numeric_order);
