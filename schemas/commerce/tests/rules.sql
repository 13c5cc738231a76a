-- Who reads and writes what in a shop, and what no statement can do: checked as two customers, a visitor without an account,
-- trusted server code and the reporting role.
--
-- Run it as a superuser (it switches roles) on a database with the shared and the commerce files; it changes nothing in the end.

begin;

create temporary table person (name text primary key, id uuid not null default gen_random_uuid());
insert into person (name) values ('ada'), ('ben');
create temporary table thing (name text primary key, id uuid not null default gen_random_uuid());
insert into thing (name) values
  ('customer-ada'), ('customer-ben'), ('guest'), ('shoes'), ('boots'), ('secret'), ('bike'), ('boot'), ('old'), ('euro'),
  ('adas'), ('bens'), ('guests'), ('line');
grant select on person, thing to public;

create function pg_temp.person(text) returns uuid language sql stable as 'select id from person where name = $1';
create function pg_temp.thing(text) returns uuid language sql stable as 'select id from thing where name = $1';

-- Becomes somebody: a role, and the person in its claims if there is one.
create function pg_temp.become(role_name text, name text default null) returns void language plpgsql as $$
begin
  execute format('set local role %I', role_name);
  perform set_config('request.jwt.claims',
    case when name is null then '' else json_build_object('sub', pg_temp.person(name), 'role', role_name)::text end, true);
  perform set_config('howdah.trash', '', true);
end
$$;

-- The statement fails with that SQLSTATE, or touches no row when none is named.
create function pg_temp.refuses(statement text, state text default null) returns void language plpgsql as $$
declare
  touched bigint;
begin
  begin
    execute statement;
    get diagnostics touched = row_count;
  exception when others then
    -- Where a RESTRICT stands in the way PostgreSQL 18 says so (23001); before, it was any foreign key (23503).
    if sqlstate = state or (state = '23503' and sqlstate = '23001') then
      return;
    end if;
    raise exception '% instead of %: %', sqlstate, coalesce(state, 'no row'), statement using detail = sqlerrm;
  end;
  if state is not null or touched > 0 then
    raise exception 'not refused (% rows): %', touched, statement;
  end if;
end
$$;

create function pg_temp.sees(query text, expected bigint) returns void language plpgsql as $$
declare
  seen bigint;
begin
  execute format('select count(*) from (%s) as q', query) into seen;
  if seen <> expected then
    raise exception '% rows instead of %, as %: %', seen, expected, current_user, query;
  end if;
end
$$;

set local role howdah_auth;
insert into auth.users (id, email) select p.id, p.name || '@example.org' from person p;

do $rules$
begin
  -- The catalogue.
  perform pg_temp.become('service_role');
  insert into public.categories (id, parent_category_id, name, slug, is_active) values
    (pg_temp.thing('shoes'), null, 'Shoes', 'shoes', true),
    (pg_temp.thing('boots'), pg_temp.thing('shoes'), 'Boots', 'boots', true),
    (pg_temp.thing('secret'), null, 'Secret', 'secret', false);
  perform pg_temp.refuses('insert into public.categories (name, slug) values (''Again'', ''shoes'')', '23505');
  perform pg_temp.refuses(format('update public.categories set parent_category_id = %L where id = %L', pg_temp.thing('boots'), pg_temp.thing('shoes')), '23514');
  insert into public.products (id, sku, slug, name, price, currency, stock, is_active) values
    (pg_temp.thing('bike'), 'B-1', 'bike', 'Bike', 999.9999, 'USD', 3, true),
    (pg_temp.thing('boot'), 'B-2', 'boot', 'Boot', 0.1, 'USD', 0, true),
    (pg_temp.thing('old'), 'B-3', 'old', 'Old', 1, 'USD', 1, false),
    (pg_temp.thing('euro'), 'B-4', 'euro', 'Euro', 1, 'EUR', 1, true);
  perform pg_temp.refuses('insert into public.products (sku, slug, name, price) values (''b-1'', ''x'', ''X'', 1)', '23505');
  perform pg_temp.refuses('insert into public.products (sku, slug, name, price) values (''X'', ''x'', ''X'', -1)', '23514');
  perform pg_temp.refuses('insert into public.products (sku, slug, name, price) values (''X'', ''x'', ''X'', ''NaN'')', '23514');
  perform pg_temp.refuses('insert into public.products (sku, slug, name, price, currency) values (''X'', ''x'', ''X'', 1, ''usd'')', '23514');
  perform pg_temp.refuses('update public.products set stock = stock - 4 where sku = ''B-1''', '23514');
  insert into public.product_categories (product_id, category_id) values
    (pg_temp.thing('bike'), pg_temp.thing('shoes')), (pg_temp.thing('bike'), pg_temp.thing('secret')),
    (pg_temp.thing('old'), pg_temp.thing('shoes'));

  perform pg_temp.become('anon');
  perform pg_temp.sees('select id, price, is_in_stock from public.products', 3);
  perform pg_temp.sees('select id from public.products where is_in_stock', 2);
  perform pg_temp.sees('select id from public.products where search @@ to_tsquery(''simple'', ''bik:*'')', 1);
  perform pg_temp.sees('select id from public.search_products(''bike or old'')', 1);
  perform pg_temp.sees('select id from public.categories', 2);
  perform pg_temp.sees('select product_id from public.product_categories', 1);
  perform pg_temp.refuses('select stock from public.products', '42501');
  perform pg_temp.refuses('select metadata from public.products', '42501');
  perform pg_temp.refuses('update public.products set price = 0', '42501');
  perform pg_temp.refuses('select id from public.customers', '42501');
  perform pg_temp.refuses('select id from public.customer_addresses', '42501');
  perform pg_temp.refuses('select id from public.orders', '42501');
  perform pg_temp.refuses('select id from public.order_items', '42501');
  perform pg_temp.refuses(format('select public.forget_customer(%L)', gen_random_uuid()), '42501');

  -- Customers: oneself, once.
  perform pg_temp.become('authenticated', 'ada');
  perform pg_temp.refuses('update public.products set price = 0', '42501');
  perform pg_temp.refuses('select stock from public.products', '42501');
  insert into public.customers (id, user_id, email) values (pg_temp.thing('customer-ada'), pg_temp.person('ada'), 'ada@example.org');
  perform pg_temp.refuses(format('insert into public.customers (user_id) values (%L)', pg_temp.person('ada')), '23505');
  perform pg_temp.refuses(format('insert into public.customers (user_id) values (%L)', pg_temp.person('ben')), '42501');
  perform pg_temp.refuses('insert into public.customers (full_name) values (''Nobody'')', '42501');
  perform pg_temp.refuses('delete from public.customers', '42501');
  perform pg_temp.refuses('update public.customers set user_id = null', '42501');
  perform pg_temp.refuses('select metadata from public.customers', '42501');
  perform pg_temp.become('authenticated', 'ben');
  insert into public.customers (id, user_id, email) values (pg_temp.thing('customer-ben'), pg_temp.person('ben'), 'ben@example.org');
  insert into public.customer_addresses (customer_id, recipient, line1, city, country, is_default_shipping)
    values (pg_temp.thing('customer-ben'), 'Ben', 'Street 1', 'Bern', 'CH', true);
  perform pg_temp.refuses(format('insert into public.customer_addresses (customer_id, recipient, line1, city, country, is_default_shipping) values (%L, ''Ben'', ''S'', ''B'', ''CH'', true)', pg_temp.thing('customer-ben')), '23505');
  perform pg_temp.refuses(format('insert into public.customer_addresses (customer_id, recipient, line1, city, country) values (%L, ''Ben'', ''S'', ''B'', ''CH'')', pg_temp.thing('customer-ada')), '42501');
  perform pg_temp.refuses(format('insert into public.orders (customer_id, currency) values (%L, ''USD'')', pg_temp.thing('customer-ben')), '42501');

  -- Orders: totals are what the lines come to, whatever is said.
  perform pg_temp.become('service_role');
  insert into public.customers (id, full_name) values (pg_temp.thing('guest'), 'Guest');
  insert into public.customers (full_name) values ('Another guest');
  insert into public.orders (id, customer_id, currency, subtotal, shipping_total, tax_total) values
    (pg_temp.thing('adas'), pg_temp.thing('customer-ada'), 'USD', 77, 5, 0.5),
    (pg_temp.thing('bens'), pg_temp.thing('customer-ben'), 'USD', 0, 0, 0),
    (pg_temp.thing('guests'), pg_temp.thing('guest'), 'USD', 0, 0, 0);
  perform pg_temp.sees('select from public.orders where subtotal = 0 and total = 5.5', 1);
  insert into public.order_items (id, order_id, product_id, quantity) values (pg_temp.thing('line'), pg_temp.thing('adas'), pg_temp.thing('bike'), 2);
  insert into public.order_items (order_id, product_id, quantity, unit_price, discount_total) values
    (pg_temp.thing('adas'), pg_temp.thing('boot'), 3, null, 0.1),
    (pg_temp.thing('bens'), pg_temp.thing('boot'), 1, 7.25, 0);
  perform pg_temp.sees('select from public.order_items where unit_price = 999.9999 and sku = ''B-1'' and name = ''Bike'' and line_total = 1999.9998', 1);
  perform pg_temp.sees('select from public.orders where subtotal = 2000.1998 and total = 2005.6998', 1);
  perform pg_temp.sees('select from public.orders where subtotal = 7.25', 1);
  update public.orders set subtotal = 1;
  update public.products set price = 1, name = 'Renamed';
  perform pg_temp.sees('select from public.orders where subtotal = 2000.1998 and total = 2005.6998', 1);
  perform pg_temp.refuses(format('update public.orders set total = 1 where id = %L', pg_temp.thing('adas')), '428C9');
  perform pg_temp.refuses(format('insert into public.order_items (order_id, product_id, quantity) values (%L, %L, 0)', pg_temp.thing('adas'), pg_temp.thing('bike')), '23514');
  perform pg_temp.refuses(format('insert into public.order_items (order_id, product_id, quantity, unit_price) values (%L, %L, 1, ''NaN'')', pg_temp.thing('adas'), pg_temp.thing('bike')), '23514');
  perform pg_temp.refuses(format('insert into public.order_items (order_id, product_id, quantity, discount_total) values (%L, %L, 1, 1.01)', pg_temp.thing('adas'), pg_temp.thing('bike')), '23514');
  perform pg_temp.refuses(format('insert into public.order_items (order_id, product_id, quantity) values (%L, %L, 1)', pg_temp.thing('adas'), pg_temp.thing('euro')), '23514');
  perform pg_temp.refuses(format('insert into public.order_items (order_id, product_id, quantity) values (%L, %L, 1)', gen_random_uuid(), pg_temp.thing('bike')), '23502');
  -- Somebody else's order.
  perform pg_temp.refuses(format('insert into public.order_items (customer_id, order_id, product_id, quantity) values (%L, %L, %L, 1)', pg_temp.thing('customer-ben'), pg_temp.thing('adas'), pg_temp.thing('bike')), '23503');
  perform pg_temp.refuses(format('update public.order_items set order_id = %L where id = %L', pg_temp.thing('bens'), pg_temp.thing('line')), '23503');
  perform pg_temp.refuses(format('update public.order_items set customer_id = %L where id = %L', pg_temp.thing('customer-ben'), pg_temp.thing('line')), '23503');
  -- A line moved along with its customer: both orders are summed up again.
  update public.order_items set order_id = pg_temp.thing('bens'), customer_id = pg_temp.thing('customer-ben') where id = pg_temp.thing('line');
  perform pg_temp.sees('select from public.orders where subtotal in (0, 0.2, 2007.2498)', 3);
  update public.order_items set order_id = pg_temp.thing('adas'), customer_id = pg_temp.thing('customer-ada') where id = pg_temp.thing('line');
  update public.order_items set quantity = 1 where id = pg_temp.thing('line');
  perform pg_temp.sees('select from public.orders where subtotal = 1000.1999', 1);
  delete from public.order_items where order_id = pg_temp.thing('adas') and sku = 'B-2';
  perform pg_temp.sees('select from public.orders where subtotal = 999.9999', 1);
  perform pg_temp.refuses(format('delete from public.products where id = %L', pg_temp.thing('bike')), '23503');
  perform pg_temp.refuses(format('delete from public.customers where id = %L', pg_temp.thing('customer-ada')), '23503');

  perform pg_temp.become('authenticated', 'ada');
  perform pg_temp.sees('select id from public.orders', 1);
  perform pg_temp.sees('select id from public.order_items', 1);
  perform pg_temp.sees('select id from public.customers', 1);
  perform pg_temp.sees('select id from public.customer_addresses', 0);
  perform pg_temp.refuses('update public.orders set status = ''paid''', '42501');
  perform pg_temp.refuses('update public.order_items set quantity = 1', '42501');
  perform pg_temp.refuses('delete from public.orders', '42501');
  perform pg_temp.refuses('select metadata from public.orders', '42501');
  perform pg_temp.refuses('update public.customer_addresses set city = ''x''');
  perform pg_temp.refuses('delete from public.customer_addresses');
  perform set_config('howdah.trash', 'with', true);
  perform pg_temp.sees('select id from public.orders', 1);
  -- A token without a subject belongs to no guest.
  perform pg_temp.become('authenticated');
  perform pg_temp.sees('select id from public.customers', 0);
  perform pg_temp.sees('select id from public.orders', 0);
  perform pg_temp.sees('select id from public.order_items', 0);

  -- What was ordered stays.
  perform pg_temp.become('service_role');
  update public.orders set status = 'placed' where id = pg_temp.thing('adas');
  update public.orders set status = 'shipped' where id = pg_temp.thing('adas');
  perform pg_temp.sees('select from public.orders where placed_at is not null and paid_at is not null and shipped_at is not null and completed_at is null', 1);
  perform pg_temp.refuses(format('update public.order_items set quantity = 9 where id = %L', pg_temp.thing('line')), '23514');
  perform pg_temp.refuses(format('update public.order_items set unit_price = 9 where id = %L', pg_temp.thing('line')), '23514');
  perform pg_temp.refuses(format('delete from public.order_items where id = %L', pg_temp.thing('line')), '23514');
  perform pg_temp.refuses(format('delete from public.orders where id = %L', pg_temp.thing('adas')), '23514');
  perform pg_temp.refuses(format('update public.orders set status = ''draft'' where id = %L', pg_temp.thing('adas')), '23514');
  perform pg_temp.refuses(format('update public.orders set currency = ''EUR'' where id = %L', pg_temp.thing('adas')), '23514');
  perform pg_temp.refuses(format('update public.orders set status = ''gone'' where id = %L', pg_temp.thing('adas')), '23514');
  perform pg_temp.refuses(format('select public.forget_customer(%L)', pg_temp.thing('customer-ada')), '23514');
  update public.order_items set position = 3 where id = pg_temp.thing('line');
  delete from public.orders where id = pg_temp.thing('bens');
  perform pg_temp.sees('select from public.order_items', 1);
  -- Guests that turn out to be one person: the lines follow the order.
  update public.orders set customer_id = pg_temp.thing('guest') where id = pg_temp.thing('adas');
  perform pg_temp.sees(format('select from public.order_items where customer_id = %L', pg_temp.thing('guest')), 1);
  update public.orders set customer_id = pg_temp.thing('customer-ada'), email = 'ada@example.org', shipping_address = '{"city": "Bern"}' where id = pg_temp.thing('adas');
  perform pg_temp.sees('select from public.orders where subtotal = 999.9999', 1);

  -- Reporting.
  perform pg_temp.become('howdah_readonly');
  perform pg_temp.sees('select id, total from public.orders', 2);
  perform pg_temp.sees('select id, stock from public.products', 4);
  perform pg_temp.refuses('select email from public.orders', '42501');
  perform pg_temp.refuses('select full_name from public.customers', '42501');
  perform pg_temp.refuses('select city from public.customer_addresses', '42501');

  -- The account goes, the books stay; what is personal goes when it may.
  perform pg_temp.become('howdah_auth');
  delete from auth.users where id = pg_temp.person('ada');
  perform pg_temp.become('service_role');
  perform pg_temp.sees(format('select from public.customers where id = %L and user_id is null and email is not null', pg_temp.thing('customer-ada')), 1);
  update public.orders set status = 'completed' where id = pg_temp.thing('adas');
  perform public.forget_customer(pg_temp.thing('customer-ada'));
  perform pg_temp.sees(format('select from public.customers where id = %L and email is null and forgotten_at is not null', pg_temp.thing('customer-ada')), 1);
  perform pg_temp.sees(format('select from public.orders where id = %L and email is null and shipping_address is null and total = 1005.4999', pg_temp.thing('adas')), 1);
  perform pg_temp.refuses(format('update public.customers set email = ''ada@example.org'' where id = %L', pg_temp.thing('customer-ada')), '23514');
  perform pg_temp.refuses(format('select public.forget_customer(%L)', gen_random_uuid()), 'P0002');
  perform pg_temp.sees('select from audit.audit_events where resource_type = ''public.products'' and after ? ''price'' and action = ''update''', 2);
  perform pg_temp.sees('select from audit.audit_events where concat(before, after) ~ ''Bern|example.org''', 0);
end
$rules$;

rollback;
