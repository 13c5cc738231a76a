-- What keeps orders right: the functions and triggers of orders and their lines.
--
-- That the totals of an order add up is not checked but made so: a line's total is generated from its quantity, price and
-- discount, an order's subtotal is summed up from its lines by trigger whatever a statement says about it, and its total is
-- generated from its parts. A deferred check at commit would refuse wrong totals too, but only once the whole transaction is
-- done, with nothing to point at, and an import that brings orders in one transaction and their lines in the next could never
-- pass it. The price of the triggers is that every change of lines updates the order's row; that row is also what makes
-- two transactions that change lines of one order take turns, without which both sums would miss the other's line.


-- ---------------------------------------------------------------------------------------------------------------
-- Orders and lines
-- ---------------------------------------------------------------------------------------------------------------

create function public.stamp_order() returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  if new.status = 'draft' then
    new.placed_at := null;
  elsif new.status <> 'cancelled' then
    new.placed_at := coalesce(new.placed_at, now());
  end if;
  if new.status in ('paid', 'shipped', 'completed', 'refunded') then
    new.paid_at := coalesce(new.paid_at, now());
  end if;
  if new.status = 'shipped' then
    new.shipped_at := coalesce(new.shipped_at, now());
  elsif new.status = 'completed' then
    new.completed_at := coalesce(new.completed_at, now());
  end if;
  new.cancelled_at := case when new.status = 'cancelled' then coalesce(new.cancelled_at, now()) end;
  new.refunded_at  := case when new.status = 'refunded' then coalesce(new.refunded_at, now()) end;
  return new;
end
$$;
comment on function public.stamp_order() is
  'Trigger, before an order''s status or its times are written: sets the times that the status implies, where they are missing.';

create function public.sum_order() returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  select coalesce(sum(i.line_total), 0) into new.subtotal from public.order_items i where i.order_id = new.id;
  return new;
end
$$;
comment on function public.sum_order() is
  'Trigger, before an order''s subtotal is written: puts the sum of its lines there, whatever the statement says.';

-- The update touches subtotal only to set off the trigger above, which sums up with the order''s row locked.
create function public.sum_orders_of_items() returns trigger
  language plpgsql
  set search_path = ''
as $$
declare
  touched uuid[];
begin
  if tg_op = 'INSERT' then
    select array_agg(distinct n.order_id) into touched from added n;
  elsif tg_op = 'DELETE' then
    select array_agg(distinct o.order_id) into touched from removed o;
  else
    select array_agg(distinct c.order_id) into touched
    from (select n.order_id from added n join removed o on o.id = n.id where (n.order_id, n.line_total) is distinct from (o.order_id, o.line_total)
          union all
          select o.order_id from added n join removed o on o.id = n.id where n.order_id <> o.order_id) as c;
  end if;
  if touched is not null then
    -- Always in the same order, so that two inserts over several orders do not wait for each other in a circle.
    perform from public.orders o where o.id = any (touched) order by o.id for no key update;
    update public.orders o set subtotal = o.subtotal where o.id = any (touched);
  end if;
  return null;
end
$$;
comment on function public.sum_orders_of_items() is
  'Trigger, after a statement that changed lines: has the subtotals of their orders summed up again.';

create function public.capture_item() returns trigger
  language plpgsql
  set search_path = ''
as $$
declare
  sold    record;
  ordered record;
begin
  if num_nulls(new.customer_id, new.sku, new.name, new.unit_price) = 0 then
    return new;
  end if;
  select o.customer_id, o.currency into ordered from public.orders o where o.id = new.order_id;
  select p.sku, p.name, p.price, p.currency into sold from public.products p where p.id = new.product_id;

  if new.unit_price is null and sold.currency <> ordered.currency then
    raise exception using
      errcode = 'check_violation',
      message = format('product %s is priced in %s, the order is in %s', sold.sku, sold.currency, ordered.currency),
      hint    = 'Give unit_price in the currency of the order.',
      schema  = tg_table_schema,
      table   = tg_table_name,
      column  = 'unit_price';
  end if;
  new.customer_id := coalesce(new.customer_id, ordered.customer_id);
  new.sku         := coalesce(new.sku, sold.sku);
  new.name        := coalesce(new.name, sold.name);
  new.unit_price  := coalesce(new.unit_price, sold.price);
  return new;
end
$$;
comment on function public.capture_item() is
  'Trigger, before insert of a line: fills in what it is not given, the customer from the order and SKU, name and price from the product as they are now.';

-- A line may still be added: an import brings orders as they are and their lines afterwards.
create function public.keep_what_was_ordered() returns trigger
  language plpgsql
  set search_path = ''
as $$
declare
  standing text;
begin
  if tg_table_name = 'orders' then
    standing := old.status;
  else
    -- Locked, so that nobody places the order in the meantime. Of an order that is being deleted, none is found.
    select o.status into standing from public.orders o where o.id = old.order_id for no key update;
  end if;
  if standing <> 'draft' then
    raise exception using
      errcode = 'check_violation',
      message = format('%s of %s.%s is refused: the order is %s', lower(tg_op), tg_table_schema, tg_table_name, standing),
      hint    = 'Cancel or refund the order instead, and place a new one.',
      schema  = tg_table_schema,
      table   = tg_table_name,
      constraint = tg_name;
  end if;
  return case tg_op when 'DELETE' then old else new end;
end
$$;
comment on function public.keep_what_was_ordered() is
  'Trigger, before an order or a line is deleted, or what a line says is changed: refuses it once the order is no draft any more.';

-- An order that has been placed does not become a draft again, or its lines could be changed after all.
create trigger trg_orders_keep
  before delete on public.orders
  for each row execute function public.keep_what_was_ordered();
create trigger trg_orders_no_return
  before update of status, currency on public.orders
  for each row when (old.status <> 'draft' and (new.status = 'draft' or new.currency <> old.currency))
  execute function public.keep_what_was_ordered();
create trigger trg_orders_stamp
  before insert or update of status, placed_at, paid_at, shipped_at, completed_at, cancelled_at, refunded_at on public.orders
  for each row execute function public.stamp_order();
create trigger trg_orders_subtotal
  before insert or update of subtotal on public.orders
  for each row execute function public.sum_order();
create trigger trg_orders_touch
  before update on public.orders
  for each row execute function public.touch_row();
create trigger trg_orders_audit
  after insert or update or delete on public.orders
  for each row execute function audit.record_change(
    'id', '', 'email', 'shipping_address', 'billing_address', 'customer_note', 'metadata');

create trigger trg_order_items_capture
  before insert on public.order_items
  for each row execute function public.capture_item();
create trigger trg_order_items_keep
  before delete on public.order_items
  for each row execute function public.keep_what_was_ordered();
create trigger trg_order_items_keep_content
  before update on public.order_items
  for each row when (
    (old.order_id, old.product_id, old.sku, old.name, old.quantity, old.unit_price, old.discount_total)
    is distinct from
    (new.order_id, new.product_id, new.sku, new.name, new.quantity, new.unit_price, new.discount_total))
  execute function public.keep_what_was_ordered();
create trigger trg_order_items_touch
  before update on public.order_items
  for each row execute function public.touch_row();
create trigger trg_order_items_sum_added
  after insert on public.order_items
  referencing new table as added
  for each statement execute function public.sum_orders_of_items();
create trigger trg_order_items_sum_changed
  after update on public.order_items
  referencing old table as removed new table as added
  for each statement execute function public.sum_orders_of_items();
create trigger trg_order_items_sum_removed
  after delete on public.order_items
  referencing old table as removed
  for each statement execute function public.sum_orders_of_items();
create trigger trg_order_items_audit
  after insert or update or delete on public.order_items
  for each row execute function audit.record_change('id', '', 'metadata');


-- ---------------------------------------------------------------------------------------------------------------
-- Forgetting a customer
-- ---------------------------------------------------------------------------------------------------------------

create function public.forget_customer(customer_id uuid) returns void
  language plpgsql
  set search_path = ''
as $$
begin
  perform from public.customers c where c.id = forget_customer.customer_id for update;
  if not found then
    raise exception using
      errcode = 'no_data_found',
      message = format('there is no customer %s', forget_customer.customer_id);
  end if;
  if exists (select from public.orders o
             where o.customer_id = forget_customer.customer_id and o.status in ('placed', 'paid', 'shipped')) then
    raise exception using
      errcode = 'check_violation',
      message = format('customer %s has orders that are still open', forget_customer.customer_id),
      hint    = 'Complete, cancel or refund them first.';
  end if;

  delete from public.customer_addresses a where a.customer_id = forget_customer.customer_id;
  delete from public.orders o where o.customer_id = forget_customer.customer_id and o.status = 'draft';
  update public.order_items i
  set metadata = '{}'
  where i.customer_id = forget_customer.customer_id and i.metadata <> '{}';
  update public.orders o
  set email = null, shipping_address = null, billing_address = null, customer_note = null, metadata = '{}'
  where o.customer_id = forget_customer.customer_id;
  update public.customers c
  set user_id = null, email = null, full_name = null, company = null, phone = null, locale = null, metadata = '{}',
      forgotten_at = coalesce(c.forgotten_at, now())
  where c.id = forget_customer.customer_id;
end
$$;
comment on function public.forget_customer(uuid) is
  'Takes everything personal out of a customer and their orders, deletes their addresses and baskets, and leaves the figures for the books. Refused while an order is open. Deleting the account does not do this: how long a shop must keep names and addresses with its orders is for the law to say.';

grant execute on function public.forget_customer(uuid) to service_role;
