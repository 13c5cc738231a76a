create type public.money2 as (amount bigint, currency text);
create table public.items (id int primary key, price public.money2, prices public.money2[]);
create view public.amounts as select id, (price).amount from public.items;
