create type public.float_range as range (subtype = float8, subtype_diff = float8mi);
create type public.time_range as range (subtype = time);
create type public.varchar_range as range (subtype = varchar, subtype_opclass = varchar_pattern_ops);
create table public.shifts (id int primary key, during public.time_range, breaks public.time_multirange);
