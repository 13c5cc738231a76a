-- renamed-from: period
create type public.span as range (subtype = timestamptz, multirange_type_name = public.spans);
create table public.t (id int primary key, span public.span);
create function public.len(public.span) returns interval language sql immutable as 'select upper($1) - lower($1)';
