create type public.region as enum ('east', 'north', 'west');
create table public.sales (id int, region public.region not null, primary key (id, region)) partition by list (region);
create table public.sales_east partition of public.sales for values in ('east');
create table public.sales_west partition of public.sales for values in ('west');
create table public.sales_north partition of public.sales for values in ('north');
