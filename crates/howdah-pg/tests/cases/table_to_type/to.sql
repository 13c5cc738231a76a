create type public.money_amount as (currency text, amount numeric);
