create type public.money2 as (amount int, currency text);
