create schema shop;
create type shop.state as enum ('cart', 'paid', 'sent');
create domain shop.cents as bigint check (value >= 0);
create table shop.customer (id uuid default gen_random_uuid() primary key, email text not null unique);
create table shop.orders (
  id bigint generated always as identity primary key,
  customer_id uuid not null references shop.customer (id) on delete restrict,
  state shop.state default 'cart' not null,
  total shop.cents default 0 not null,
  placed_at timestamptz,
  constraint chk_placed check ((state = 'cart') = (placed_at is null))
);
create table shop.line (
  order_id bigint not null references shop.orders (id) on delete cascade,
  position smallint not null,
  price shop.cents not null,
  quantity int default 1 not null check (quantity > 0),
  amount bigint generated always as (price::bigint * quantity) stored,
  primary key (order_id, position)
);
create function shop.sum_up() returns trigger language plpgsql as $$
begin
  update shop.orders o set total = coalesce((select sum(l.amount) from shop.line l where l.order_id = o.id), 0)
  where o.id = coalesce(new.order_id, old.order_id);
  return null;
end $$;
create trigger trg_line_sum after insert or update or delete on shop.line for each row execute function shop.sum_up();
create view shop.open_orders as select o.id, c.email, o.total from shop.orders o join shop.customer c on c.id = o.customer_id where o.state = 'paid';
create materialized view shop.revenue as select date_trunc('month', placed_at) as month, sum(total) as total from shop.orders group by 1;
create unique index uq_revenue on shop.revenue (month);
alter table shop.orders enable row level security;
create policy own_orders on shop.orders to howdah_case_app using (customer_id = (nullif(current_setting('app.user', true), ''))::uuid);
grant usage on schema shop to howdah_case_app;
grant select, insert, update (state) on shop.orders to howdah_case_app;
comment on schema shop is 'Selling.';
comment on view shop.open_orders is 'To be sent.';
