create type public.unit as enum ('g', 'kg', 't');
create function public.grams(amount numeric, unit public.unit default 'kg') returns numeric language sql immutable as $$
  select case unit when 'g' then amount when 'kg' then amount * 1000 end;
$$;
create function public.units() returns setof public.unit language sql stable begin atomic select unnest(enum_range(null::public.unit)); end;
create table public.loads (id int primary key, amount numeric, unit public.unit, grams numeric generated always as (public.grams(amount, unit)) stored);
create index loads_grams on public.loads (public.grams(amount, unit));
