-- Each takes the name the other gives up; the order of the two renames decides.

-- renamed-from: prices
create table public.current_prices (sku text primary key, price int not null);
-- renamed-from: next_prices
create table public.prices (sku text primary key, price int not null, since date);
