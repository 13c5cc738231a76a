create table public.other (id int);
create table public.orders (id int not null, region text, constraint orders_pkey primary key (id, region)) partition by list (region);
create table public.orders_eu partition of public.orders for values in ('de', 'fr', 'it''s');
create table public.orders_us partition of public.orders for values in ('us');
