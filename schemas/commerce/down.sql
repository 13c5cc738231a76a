-- Undoes the numbered files of this folder, in reverse order. It runs before the down.sql of the shared files.
--
-- Dropping a table drops its indexes, triggers, policies, comments and grants.

-- 90_masks.sql
drop view public_masked.orders;
drop view public_masked.order_items;
drop view public_masked.customers;
drop view public_masked.customer_addresses;
drop schema public_masked;

-- 23_order_rules.sql; the triggers need their functions, so the tables of 22_orders.sql go first
drop function public.forget_customer(uuid);
drop table public.order_items;
drop table public.orders;
drop function public.keep_what_was_ordered();
drop function public.capture_item();
drop function public.sum_orders_of_items();
drop function public.sum_order();
drop function public.stamp_order();

-- 21_customers.sql
drop table public.customer_addresses;
drop table public.customers;

-- 20_catalog.sql
drop table public.product_categories;
drop function public.search_products(text, integer);
drop table public.products;
drop table public.categories;
drop domain public.slug;
comment on schema public is 'standard public schema';
