-- The catalogue: a tree of categories, products, and which product stands where.
--
-- The conventions that all files of this folder share:
--
-- * Everybody reads active categories and active products. A customer reads what is theirs: their own record, their addresses
--   and their orders. All else is for staff, which means trusted server code under service_role. Where only that may see or
--   write a column, it is left out of the column grants.
-- * Money is numeric(19,4) with its currency beside it, never a float. numeric knows NaN, which counts as greater than any
--   number, so a bare "at least 0" would let it through: each check rules it out.
-- * A customer need not have an account, so the rows of a customer carry customer_id and not a user's id; foreign keys between
--   them are composite, (customer_id, x_id) to (customer_id, id), because the check of a foreign key bypasses row-level security.
--   Policies find the caller's customer once a query, through the policy of customers itself.
-- * Row-level security is enabled and forced on every table. The reporting role reads what is not about a person.
-- * A column "search" is a generated tsvector under the 'simple' configuration: a catalogue mixes languages, names and numbers,
--   and a stemmer for one language cuts the others wrongly. Queries make up for the missing stems with prefixes (word:*).


comment on schema public is
  'A shop: products and their categories, customers and their orders.';

create domain public.slug as text
  constraint chk_slug_length check (char_length(value) between 1 and 200)
  constraint chk_slug_format check (value ~ '^[a-z0-9]+(-[a-z0-9]+)*$');
comment on domain public.slug is
  'The part of a URL that names a row: lower-case ASCII letters and digits, with single hyphens between them, at most 200 characters. ASCII because what counts as a letter beyond it depends on the collation of the database.';


-- ---------------------------------------------------------------------------------------------------------------
-- categories
-- ---------------------------------------------------------------------------------------------------------------

-- No deleted_at: a category in the trash would leave the categories below it hanging. is_active takes one out of sight.
create table public.categories (
  id                 uuid        not null default gen_random_uuid(),
  parent_category_id uuid,
  name               text        not null,
  slug               public.slug not null,
  description        text,
  image_url          public.url,
  position           integer     not null default 0,
  is_active          boolean     not null default true,
  metadata           jsonb       not null default '{}',
  row_version        bigint      not null default 1,
  created_at         timestamptz not null default now(),
  updated_at         timestamptz not null default now(),

  constraint categories_pkey               primary key (id),
  constraint fk_categories_parent_category foreign key (parent_category_id) references public.categories (id) on delete restrict,
  constraint chk_categories_parent_category_id check (parent_category_id <> id),
  constraint chk_categories_name               check (char_length(name) <= 200 and btrim(name) <> ''),
  constraint chk_categories_description        check (char_length(description) <= 5000),
  constraint chk_categories_metadata           check (jsonb_typeof(metadata) = 'object')
);

comment on table  public.categories                    is 'The tree that the shop sorts its products into. @group catalogue @version row_version';
comment on column public.categories.id                 is 'The row''s id.';
comment on column public.categories.parent_category_id is 'The category it is part of, which cannot go while it has parts; NULL at the top.';
comment on column public.categories.name               is 'What customers see.';
comment on column public.categories.slug               is 'Names the category in URLs, after those above it.';
comment on column public.categories.description        is 'What belongs here.';
comment on column public.categories.image_url          is 'Where its picture is.';
comment on column public.categories.position           is 'Its place among its siblings; lowest first.';
comment on column public.categories.is_active          is 'Whether customers see it. Those below it have their own say.';
comment on column public.categories.metadata           is 'Free-form JSON object for what has no column of its own. Only staff see it.';
comment on column public.categories.row_version        is 'Counts the changes of the row; the API''s ETag.';
comment on column public.categories.created_at         is 'When the row was made.';
comment on column public.categories.updated_at         is 'When the row last changed.';

create unique index uq_categories_parent_category_id_slug      on public.categories (parent_category_id, slug) nulls not distinct;
create index        idx_categories_parent_category_id_position on public.categories (parent_category_id, position);
create index        idx_categories_updated_at                  on public.categories (updated_at);
comment on index public.uq_categories_parent_category_id_slug is 'One slug once among siblings. NULLS NOT DISTINCT: those at the top are siblings too.';

create trigger trg_categories_touch
  before update on public.categories
  for each row execute function public.touch_row();
create trigger trg_categories_cycle
  before insert or update of parent_category_id on public.categories
  for each row when (new.parent_category_id is not null)
  execute function public.guard_cycle('parent_category_id');

alter table public.categories enable row level security;
alter table public.categories force  row level security;

create policy anybody_reads_active on public.categories
  for select to anon, authenticated
  using (is_active);
create policy service_manages_all on public.categories
  for all to service_role
  using (true)
  with check (true);
create policy readonly_reads_all on public.categories
  for select to howdah_readonly
  using (true);
comment on policy anybody_reads_active on public.categories is 'Everybody reads active categories.';
comment on policy service_manages_all  on public.categories is 'Trusted server code sees and writes every row.';
comment on policy readonly_reads_all   on public.categories is 'Reporting reads the rows.';

grant select (
    id, parent_category_id, name, slug, description, image_url, position, is_active, row_version, created_at,
    updated_at
  ) on public.categories to anon, authenticated;
grant select, insert, update, delete on public.categories to service_role;
grant select (
    id, parent_category_id, name, slug, description, image_url, position, is_active, metadata, row_version,
    created_at, updated_at
  ) on public.categories to howdah_readonly;


-- ---------------------------------------------------------------------------------------------------------------
-- products
-- ---------------------------------------------------------------------------------------------------------------

create table public.products (
  id          uuid                 not null default gen_random_uuid(),
  sku         text                 not null,
  slug        public.slug          not null,
  name        text                 not null,
  summary     text,
  description text,
  price       numeric(19,4)        not null,
  currency    public.currency_code not null default 'USD',
  stock       integer              not null default 0,
  is_in_stock boolean              not null generated always as (stock > 0) stored,
  is_active   boolean              not null default true,
  image_url   public.url,
  attributes  jsonb                not null default '{}',
  search      tsvector             generated always as (
    setweight(to_tsvector('pg_catalog.simple', name), 'A')
    || setweight(to_tsvector('pg_catalog.simple', sku), 'A')
    || setweight(to_tsvector('pg_catalog.simple', coalesce(summary, '')), 'B')
    || setweight(to_tsvector('pg_catalog.simple', coalesce(description, '')), 'C')
  ) stored,
  metadata    jsonb                not null default '{}',
  row_version bigint               not null default 1,
  created_at  timestamptz          not null default now(),
  updated_at  timestamptz          not null default now(),
  deleted_at  timestamptz,

  constraint products_pkey primary key (id),
  constraint chk_products_sku         check (char_length(sku) <= 100 and btrim(sku) <> ''),
  constraint chk_products_name        check (char_length(name) <= 300 and btrim(name) <> ''),
  constraint chk_products_summary     check (char_length(summary) <= 2000),
  constraint chk_products_description check (char_length(description) <= 50000),
  constraint chk_products_price       check (price >= 0 and price <> 'NaN'),
  constraint chk_products_stock       check (stock >= 0),
  constraint chk_products_attributes  check (jsonb_typeof(attributes) = 'object'),
  constraint chk_products_metadata    check (jsonb_typeof(metadata) = 'object')
);

comment on table  public.products             is 'What the shop sells. A product that was ever ordered can be put in the trash but not deleted. @group catalogue @audit @version row_version';
comment on column public.products.id          is 'The row''s id.';
comment on column public.products.sku         is 'The shop''s own number for it.';
comment on column public.products.slug        is 'Names the product in URLs.';
comment on column public.products.name        is 'What customers see.';
comment on column public.products.summary     is 'A few sentences for lists.';
comment on column public.products.description is 'All there is to say about it.';
comment on column public.products.price       is 'What one costs now. An order keeps the price it was placed at.';
comment on column public.products.currency    is 'The currency of the price.';
comment on column public.products.stock       is 'How many are left to sell. It cannot fall below 0: of two who buy the last one, one is refused. Only staff see it.';
comment on column public.products.is_in_stock is 'Whether any are left; all that customers learn of the stock.';
comment on column public.products.is_active   is 'Whether it is on sale.';
comment on column public.products.image_url   is 'Where its picture is.';
comment on column public.products.attributes  is 'What customers choose by, such as colour and size, as a JSON object.';
comment on column public.products.search      is 'What full-text search looks through: name, SKU, summary and description.';
comment on column public.products.metadata    is 'Free-form JSON object for what has no column of its own. Only staff see it.';
comment on column public.products.row_version is 'Counts the changes of the row; the API''s ETag.';
comment on column public.products.created_at  is 'When the row was made.';
comment on column public.products.updated_at  is 'When the row last changed.';
comment on column public.products.deleted_at  is 'When the row was moved to the trash; NULL while it is live.';
comment on constraint chk_products_price on public.products is 'NaN counts as greater than any number, hence the second half.';

create unique index uq_products_sku         on public.products (lower(sku)) where deleted_at is null;
create index        idx_products_sku        on public.products (sku) where deleted_at is null;
create unique index uq_products_slug        on public.products (slug) where deleted_at is null;
create index        idx_products_name       on public.products (name, id) where is_active and deleted_at is null;
create index        idx_products_price      on public.products (currency, price, id) where is_active and deleted_at is null;
create index        idx_products_updated_at on public.products (updated_at);
create index        idx_products_deleted_at on public.products (deleted_at) where deleted_at is not null;
create index        idx_products_search     on public.products using gin (search);
comment on index public.uq_products_sku     is 'One live product per SKU, whatever its capitals.';
comment on index public.idx_products_sku    is 'For looking one up: under row-level security an index on lower() does not serve.';
comment on index public.idx_products_name   is 'What is on sale, by name.';
comment on index public.idx_products_search is 'Serves public.search_products() and roles that see all rows.';

-- howdah:allow callable-definer-function: it shows products on sale alone, which everybody may see
create function public.search_products(query text, max_rows integer default 20)
  returns table (
    id uuid, sku text, slug text, name text, summary text, price numeric, currency text, is_in_stock boolean, image_url text,
    rank real)
  language sql stable security definer
  set search_path = ''
as $$
  select p.id, p.sku, p.slug, p.name, p.summary, p.price, p.currency, p.is_in_stock, p.image_url, ts_rank(p.search, q)
  from public.products p
  cross join websearch_to_tsquery('pg_catalog.simple', left(search_products.query, 1000)) as q
  where p.search @@ q and p.is_active and p.deleted_at is null
  order by ts_rank(p.search, q) desc, p.name, p.id
  limit least(greatest(search_products.max_rows, 0), 100)
$$;
comment on function public.search_products(text, integer) is
  'Products on sale that match a query as one types it into a search engine, best first, 100 at most. Runs as the owner and shows only what everybody may see: for anybody else a filter on "search" looks at every row, because under row-level security PostgreSQL uses an index only for operators it knows to leak nothing, and full-text search is not among them.';

grant execute on function public.search_products(text, integer) to anon, authenticated, service_role;

create trigger trg_products_touch
  before update on public.products
  for each row execute function public.touch_row();
-- The stock is left out: it changes with every sale, and the orders say why.
create trigger trg_products_audit
  after insert or delete or update of sku, slug, name, price, currency, is_active, deleted_at on public.products
  for each row execute function audit.record_change('id', '', 'description', 'search', 'metadata');

alter table public.products enable row level security;
alter table public.products force  row level security;

create policy anybody_reads_active on public.products
  for select to anon, authenticated
  using (is_active and deleted_at is null);
create policy service_manages_all on public.products
  for all to service_role
  using (true)
  with check (true);
create policy readonly_reads_live on public.products
  for select to howdah_readonly
  using (deleted_at is null);
comment on policy anybody_reads_active on public.products is 'Everybody reads what is on sale; column grants keep the stock and the staff''s notes out.';
comment on policy service_manages_all  on public.products is 'Trusted server code sees and writes every row.';
comment on policy readonly_reads_live  on public.products is 'Reporting reads live rows.';

grant select (
    id, sku, slug, name, summary, description, price, currency, is_in_stock, is_active, image_url, attributes,
    search, row_version, created_at, updated_at, deleted_at
  ) on public.products to anon, authenticated;
grant select, insert, update, delete on public.products to service_role;
grant select (
    id, sku, slug, name, summary, description, price, currency, stock, is_in_stock, is_active, image_url,
    attributes, metadata, row_version, created_at, updated_at, deleted_at
  ) on public.products to howdah_readonly;


-- ---------------------------------------------------------------------------------------------------------------
-- product_categories
-- ---------------------------------------------------------------------------------------------------------------

create table public.product_categories (
  product_id  uuid        not null,
  category_id uuid        not null,
  position    integer     not null default 0,
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now(),

  constraint product_categories_pkey        primary key (product_id, category_id),
  constraint fk_product_categories_product  foreign key (product_id) references public.products (id) on delete cascade,
  constraint fk_product_categories_category foreign key (category_id) references public.categories (id) on delete cascade
);

comment on table  public.product_categories             is 'Which product stands in which category. A product may stand in many. @group catalogue';
comment on column public.product_categories.product_id  is 'The product.';
comment on column public.product_categories.category_id is 'The category it stands in.';
comment on column public.product_categories.position    is 'Its place in the category; lowest first.';
comment on column public.product_categories.created_at  is 'When the row was made.';
comment on column public.product_categories.updated_at  is 'When the row last changed.';

create index idx_product_categories_category_id_position on public.product_categories (category_id, position, product_id);

create trigger trg_product_categories_updated_at
  before update on public.product_categories
  for each row execute function public.set_updated_at();

alter table public.product_categories enable row level security;
alter table public.product_categories force  row level security;

create policy anybody_reads_active on public.product_categories
  for select to anon, authenticated
  using (exists (select from public.products p where p.id = product_id)
         and exists (select from public.categories c where c.id = category_id));
create policy service_manages_all on public.product_categories
  for all to service_role
  using (true)
  with check (true);
create policy readonly_reads_all on public.product_categories
  for select to howdah_readonly
  using (true);
comment on policy anybody_reads_active on public.product_categories is 'Whoever reads both the product and the category reads that one stands in the other: their policies decide.';
comment on policy service_manages_all  on public.product_categories is 'Trusted server code sees and writes every row.';
comment on policy readonly_reads_all   on public.product_categories is 'Reporting reads the rows.';

grant select (product_id, category_id, position, created_at, updated_at) on public.product_categories to anon, authenticated;
grant select, insert, update, delete on public.product_categories to service_role;
grant select (product_id, category_id, position, created_at, updated_at) on public.product_categories to howdah_readonly;
