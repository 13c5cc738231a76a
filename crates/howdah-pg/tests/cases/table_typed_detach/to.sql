create type public.pair as (a int, b text);

create table public.pairs (a int, b text);
