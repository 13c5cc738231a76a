create type public.hours as range (subtype = int4, multirange_type_name = public.many_hours);
create table public.t (id int primary key, hours public.hours, many public.many_hours);
