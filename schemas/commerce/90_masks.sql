-- Masked views: what howdah_readonly sees of tables that hold personal data.
--
-- Generated from the @mask and @pii tags by `howdah role masks`: change the tags and run it again.
-- The views read as their owner, show the rows that howdah_readonly's own policies show, and mask by
-- expression, so that no condition, order or join on them meets a value that is hidden.

create schema public_masked;
comment on schema public_masked is 'The tables of schema public as reporting may see them: masked.';
grant usage on schema public_masked to howdah_readonly;


create view public_masked.customer_addresses with (security_barrier) as
select
  id,
  customer_id,
  null::text as label,
  ((select string_agg(substring(w.word from '[[:alnum:]]') || '.', ' ' order by w.place)
     from regexp_split_to_table(recipient::text, '\s+') with ordinality as w (word, place)))::text as recipient,
  null::text as line1,
  null::text as line2,
  null::text as postal_code,
  null::text as city,
  region,
  country,
  (case when length(regexp_replace(phone::text, '[^0-9]', '', 'g')) >= 4 then '***' || right(regexp_replace(phone::text, '[^0-9]', '', 'g'), 2) end)::text as phone,
  is_default_shipping,
  is_default_billing,
  null::jsonb as metadata,
  row_version,
  created_at,
  updated_at,
  deleted_at
from public.customer_addresses
where (deleted_at IS NULL);
comment on view public_masked.customer_addresses is 'public.customer_addresses as reporting may see it.';
comment on column public_masked.customer_addresses.id is 'The row''s id.';
comment on column public_masked.customer_addresses.customer_id is 'Whose address it is.';
comment on column public_masked.customer_addresses.label is 'What the customer calls it, such as home. @mask null';
comment on column public_masked.customer_addresses.recipient is 'Who receives there. @mask name';
comment on column public_masked.customer_addresses.line1 is 'Street and number. @mask null';
comment on column public_masked.customer_addresses.line2 is 'What else the carrier must know. @mask null';
comment on column public_masked.customer_addresses.postal_code is 'The postal code. @mask null';
comment on column public_masked.customer_addresses.city is 'The town. @mask null';
comment on column public_masked.customer_addresses.region is 'The state, province or canton.';
comment on column public_masked.customer_addresses.country is 'The country.';
comment on column public_masked.customer_addresses.phone is 'The number the carrier may call. @mask phone';
comment on column public_masked.customer_addresses.is_default_shipping is 'Whether things go there unless the customer says otherwise.';
comment on column public_masked.customer_addresses.is_default_billing is 'Whether bills go there unless the customer says otherwise.';
comment on column public_masked.customer_addresses.metadata is 'Free-form JSON object for what has no column of its own. Only staff see it. @mask null';
comment on column public_masked.customer_addresses.row_version is 'Counts the changes of the row; the API''s ETag.';
comment on column public_masked.customer_addresses.created_at is 'When the row was made.';
comment on column public_masked.customer_addresses.updated_at is 'When the row last changed.';
comment on column public_masked.customer_addresses.deleted_at is 'When the row was moved to the trash; NULL while it is live.';
grant select on public_masked.customer_addresses to howdah_readonly;


create view public_masked.customers with (security_barrier) as
select
  id,
  user_id,
  (left(email::text, 1) || '***@' || substring(email::text from '^.+@([^@]+)$'))::text as email,
  ((select string_agg(substring(w.word from '[[:alnum:]]') || '.', ' ' order by w.place)
     from regexp_split_to_table(full_name::text, '\s+') with ordinality as w (word, place)))::text as full_name,
  null::text as company,
  (case when length(regexp_replace(phone::text, '[^0-9]', '', 'g')) >= 4 then '***' || right(regexp_replace(phone::text, '[^0-9]', '', 'g'), 2) end)::text as phone,
  locale,
  forgotten_at,
  null::jsonb as metadata,
  row_version,
  created_at,
  updated_at,
  deleted_at
from public.customers
where (deleted_at IS NULL);
comment on view public_masked.customers is 'public.customers as reporting may see it.';
comment on column public_masked.customers.id is 'The row''s id.';
comment on column public_masked.customers.user_id is 'The account, which has one customer at most; NULL for a guest, and once the account is gone.';
comment on column public_masked.customers.email is 'The address the customer gave. Not proven: never link rows to an account by it alone. @mask email';
comment on column public_masked.customers.full_name is 'The customer''s name. @mask name';
comment on column public_masked.customers.company is 'The company they buy for. @mask null';
comment on column public_masked.customers.phone is 'The number to call about an order. @mask phone';
comment on column public_masked.customers.locale is 'The language to address the customer in.';
comment on column public_masked.customers.forgotten_at is 'When everything personal was taken out; NULL otherwise.';
comment on column public_masked.customers.metadata is 'Free-form JSON object for what has no column of its own. Only staff see it. @mask null';
comment on column public_masked.customers.row_version is 'Counts the changes of the row; the API''s ETag.';
comment on column public_masked.customers.created_at is 'When the row was made.';
comment on column public_masked.customers.updated_at is 'When the row last changed.';
comment on column public_masked.customers.deleted_at is 'When the row was moved to the trash; NULL while it is live.';
grant select on public_masked.customers to howdah_readonly;


create view public_masked.order_items with (security_barrier) as
select
  id,
  customer_id,
  order_id,
  product_id,
  "position",
  sku,
  name,
  quantity,
  unit_price,
  discount_total,
  line_total,
  null::jsonb as metadata,
  row_version,
  created_at,
  updated_at
from public.order_items;
comment on view public_masked.order_items is 'public.order_items as reporting may see it.';
comment on column public_masked.order_items.id is 'The row''s id.';
comment on column public_masked.order_items.customer_id is 'Who ordered; taken from the order if not given. It is part of the foreign key, so a line cannot stand in somebody else''s order.';
comment on column public_masked.order_items.order_id is 'The order it is a line of.';
comment on column public_masked.order_items.product_id is 'The product, which cannot be deleted while lines name it.';
comment on column public_masked.order_items."position" is 'Its place in the order; lowest first.';
comment on column public_masked.order_items.sku is 'The product''s SKU then; taken from the product if not given.';
comment on column public_masked.order_items.name is 'The product''s name then; taken from the product if not given.';
comment on column public_masked.order_items.quantity is 'How many.';
comment on column public_masked.order_items.unit_price is 'What one cost then, in the order''s currency; taken from the product if not given.';
comment on column public_masked.order_items.discount_total is 'What is taken off the line; never more than it comes to.';
comment on column public_masked.order_items.line_total is 'What the line comes to: quantity times price less discount.';
comment on column public_masked.order_items.metadata is 'Free-form JSON object for what has no column of its own. Only staff see it. @mask null';
comment on column public_masked.order_items.row_version is 'Counts the changes of the row; the API''s ETag.';
comment on column public_masked.order_items.created_at is 'When the row was made.';
comment on column public_masked.order_items.updated_at is 'When the row last changed.';
grant select on public_masked.order_items to howdah_readonly;


create view public_masked.orders with (security_barrier) as
select
  id,
  order_number,
  customer_id,
  status,
  currency,
  subtotal,
  shipping_total,
  tax_total,
  total,
  (left(email::text, 1) || '***@' || substring(email::text from '^.+@([^@]+)$'))::text as email,
  null::jsonb as shipping_address,
  null::jsonb as billing_address,
  null::text as customer_note,
  placed_at,
  paid_at,
  shipped_at,
  completed_at,
  cancelled_at,
  refunded_at,
  null::jsonb as metadata,
  row_version,
  created_at,
  updated_at
from public.orders;
comment on view public_masked.orders is 'public.orders as reporting may see it.';
comment on column public_masked.orders.id is 'The row''s id.';
comment on column public_masked.orders.order_number is 'The number to quote. It rises and may have gaps, so it is no invoice number.';
comment on column public_masked.orders.customer_id is 'Who ordered.';
comment on column public_masked.orders.status is 'draft (a basket), placed, paid, shipped, completed, cancelled or refunded.';
comment on column public_masked.orders.currency is 'The currency of every amount of the order and of its lines.';
comment on column public_masked.orders.subtotal is 'What the lines come to. Summed up from them by trigger: what a statement sets here is not kept.';
comment on column public_masked.orders.shipping_total is 'What sending it costs.';
comment on column public_masked.orders.tax_total is 'Taxes that the prices do not contain.';
comment on column public_masked.orders.total is 'What the customer pays: subtotal, shipping and taxes.';
comment on column public_masked.orders.email is 'Where mail about the order goes, as given when it was placed. @mask email';
comment on column public_masked.orders.shipping_address is 'Where it goes, as it was then, as a JSON object. @mask null';
comment on column public_masked.orders.billing_address is 'Where the bill goes, as it was then, as a JSON object. @mask null';
comment on column public_masked.orders.customer_note is 'What the customer wants known. @mask null';
comment on column public_masked.orders.placed_at is 'When it was placed; NULL while it is a draft.';
comment on column public_masked.orders.paid_at is 'When it was paid.';
comment on column public_masked.orders.shipped_at is 'When it was sent.';
comment on column public_masked.orders.completed_at is 'When it was done with.';
comment on column public_masked.orders.cancelled_at is 'When it was cancelled; NULL unless it is.';
comment on column public_masked.orders.refunded_at is 'When the money was given back; NULL unless it was.';
comment on column public_masked.orders.metadata is 'Free-form JSON object for what has no column of its own. Only staff see it. @mask null';
comment on column public_masked.orders.row_version is 'Counts the changes of the row; the API''s ETag.';
comment on column public_masked.orders.created_at is 'When the row was made.';
comment on column public_masked.orders.updated_at is 'When the row last changed.';
grant select on public_masked.orders to howdah_readonly;
