-- renamed-from: span
create type public.period as range (subtype = timestamptz, multirange_type_name = public.spans);
create table public.t (id int primary key, span public.period);
create function public.len(public.period) returns interval language sql immutable as 'select upper($1) - lower($1)';
