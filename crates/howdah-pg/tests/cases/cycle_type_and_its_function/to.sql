create type public.money2 as (amount int, currency text, note text);
create function public.ok(public.money2) returns boolean language sql immutable as 'select ($1).amount > 0';
create domain public.price as public.money2 check (public.ok(value));
create table public.items (id int primary key, price public.price);
