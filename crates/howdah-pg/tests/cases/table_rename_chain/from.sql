-- renamed-from: current_prices
create table public.prices (sku text primary key, price int not null);
-- renamed-from: prices
create table public.next_prices (sku text primary key, price int not null, since date);
