create type public.float_range as range (subtype = float8, subtype_diff = float8mi);
create type public.gone as range (subtype = text, collation = "C", multirange_type_name = public.gone_many);
