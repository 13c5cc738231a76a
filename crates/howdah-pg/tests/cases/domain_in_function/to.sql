create domain public.celsius as double precision check (value > -273.15);
create function public.to_fahrenheit(public.celsius) returns numeric language sql immutable as 'select ($1 * 1.8 + 32)::numeric';
create function public.freezing(out t public.celsius) language sql immutable as 'select 0::public.celsius';
create function public.all_of(public.celsius[]) returns setof public.celsius language sql as 'select unnest($1)';
create table public.readings (id int primary key, t public.celsius, f numeric generated always as (public.to_fahrenheit(t)) stored);
