create table public.money_amount (currency text, amount numeric);
