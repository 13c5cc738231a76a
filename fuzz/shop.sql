-- The schema that the targets know. shop.json is its catalog as `howdah serve` tells it at /schema_cache.
create type public.state as enum ('new', 'paid', 'sent');
create domain public.email as text constraint chk_email check (value ~ '^[^@]+@[^@]+$');
create table public.customers (
  id bigint generated always as identity primary key, name text not null, email public.email, tags text[], data jsonb,
  born date, deleted_at timestamptz
);
create table public.orders (
  id uuid primary key default gen_random_uuid(), customer_id bigint not null references public.customers,
  billed_to bigint references public.customers, state public.state not null default 'new', total numeric(12,2),
  during int4range, placed timestamptz, document tsvector, note varchar(10), flag char(2), ok boolean,
  "odd ""name"", x" text, mirrors uuid references public.orders
);
create table public.items (
  order_id uuid references public.orders, line integer, sku text, quantity integer, primary key (order_id, line)
);
create view public.open_orders as select id, customer_id, total from public.orders where state = 'new';
create function public.summary(public.orders) returns text language sql stable as 'select $1.note';
create function public.latest(public.customers) returns setof public.orders rows 1 language sql stable
  as 'select * from public.orders where customer_id = $1.id order by placed desc limit 1';
-- A column of each type that the reader of CHECK constraints speaks of; what the constraint says, the target fills in.
create table public.checked (
  name text, code varchar(5), flag char(2), n integer, m integer, price numeric(10,2), ratio double precision, ok boolean,
  data jsonb, digest bytea, id uuid, parent uuid, day date, words text[], at timestamptz, until timestamptz, span interval,
  address public.email, state public.state,
  constraint chk_checked check (true)
);
