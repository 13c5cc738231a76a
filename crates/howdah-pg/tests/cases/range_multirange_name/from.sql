create type public.hours as range (subtype = int4);
create table public.t (id int primary key, hours public.hours);
