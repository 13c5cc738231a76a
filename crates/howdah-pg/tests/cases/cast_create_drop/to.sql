create type public.celsius as (d numeric);
create type public.kelvin as (d numeric);
create function public.to_kelvin(public.celsius) returns public.kelvin language sql immutable as 'select row(($1).d + 273.15)::public.kelvin';
create cast (public.celsius as public.kelvin) with function public.to_kelvin(public.celsius) as implicit;
comment on cast (public.celsius as public.kelvin) is 'Adds 273.15';
