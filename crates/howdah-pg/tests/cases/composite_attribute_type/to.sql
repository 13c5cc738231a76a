create type public.money2 as (amount numeric(12, 2), currency char(3));
