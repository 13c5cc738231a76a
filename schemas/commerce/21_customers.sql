-- Customers, with or without an account, and the addresses they have things sent to.


-- ---------------------------------------------------------------------------------------------------------------
-- customers
-- ---------------------------------------------------------------------------------------------------------------

-- When an account goes, its customer stays without one: the shop must keep its books as long as the law says. What is personal
-- in them leaves through public.forget_customer(), as soon as the law allows.
create table public.customers (
  id           uuid                 not null default gen_random_uuid(),
  user_id      uuid,
  email        public.email_address,
  full_name    text,
  company      text,
  phone        text,
  locale       public.language_tag,
  forgotten_at timestamptz,
  metadata     jsonb                not null default '{}',
  row_version  bigint               not null default 1,
  created_at   timestamptz          not null default now(),
  updated_at   timestamptz          not null default now(),
  deleted_at   timestamptz,

  constraint customers_pkey       primary key (id),
  constraint uq_customers_user_id unique (user_id),
  constraint fk_customers_user    foreign key (user_id) references auth.users (id) on delete set null,
  constraint chk_customers_full_name check (char_length(full_name) <= 300),
  constraint chk_customers_company   check (char_length(company) <= 300),
  constraint chk_customers_phone     check (char_length(phone) <= 50),
  constraint chk_customers_forgotten check (forgotten_at is null or (user_id is null and email is null and full_name is null and company is null and phone is null and metadata = '{}')),
  constraint chk_customers_metadata  check (jsonb_typeof(metadata) = 'object')
);

comment on table  public.customers              is 'Who buys. A customer may have an account; one without is a guest. @group customers @owner user_id @audit @version row_version';
comment on column public.customers.id           is 'The row''s id.';
comment on column public.customers.user_id      is 'The account, which has one customer at most; NULL for a guest, and once the account is gone.';
comment on column public.customers.email        is 'The address the customer gave. Not proven: never link rows to an account by it alone. @pii email @mask email';
comment on column public.customers.full_name    is 'The customer''s name. @pii name @mask name';
comment on column public.customers.company      is 'The company they buy for. @pii name @mask null';
comment on column public.customers.phone        is 'The number to call about an order. @pii phone @mask phone';
comment on column public.customers.locale       is 'The language to address the customer in.';
comment on column public.customers.forgotten_at is 'When everything personal was taken out; NULL otherwise.';
comment on column public.customers.metadata     is 'Free-form JSON object for what has no column of its own. Only staff see it. @pii @mask null';
comment on column public.customers.row_version  is 'Counts the changes of the row; the API''s ETag.';
comment on column public.customers.created_at   is 'When the row was made.';
comment on column public.customers.updated_at   is 'When the row last changed.';
comment on column public.customers.deleted_at   is 'When the row was moved to the trash; NULL while it is live.';
comment on constraint chk_customers_forgotten on public.customers is 'A customer who was forgotten stays so: nothing personal comes back into the row.';

create index idx_customers_created_at on public.customers (created_at desc) where deleted_at is null;
create index idx_customers_email      on public.customers (lower(email)) where email is not null;
create index idx_customers_updated_at on public.customers (updated_at);
create index idx_customers_deleted_at on public.customers (deleted_at) where deleted_at is not null;
comment on index public.idx_customers_email is 'Not unique: a guest may buy twice, and anybody may type anybody''s address.';

create trigger trg_customers_touch
  before update on public.customers
  for each row execute function public.touch_row();
create trigger trg_customers_audit
  after insert or update or delete on public.customers
  for each row execute function audit.record_change(
    'id', 'user_id', 'email', 'full_name', 'company', 'phone', 'metadata');

alter table public.customers enable row level security;
alter table public.customers force  row level security;

create policy owner_manages_own on public.customers
  for all to authenticated
  using (user_id = (select auth.uid()) and (deleted_at is null or (select auth.sees_trash())))
  with check (user_id = (select auth.uid()));
create policy service_manages_all on public.customers
  for all to service_role
  using (true)
  with check (true);
create policy readonly_reads_live on public.customers
  for select to howdah_readonly
  using (deleted_at is null);
comment on policy owner_manages_own   on public.customers is 'A person sees and writes their own record. There is no privilege to delete it.';
comment on policy service_manages_all on public.customers is 'Trusted server code sees and writes every row.';
comment on policy readonly_reads_live on public.customers is 'Reporting reads live rows; column grants keep personal data out.';

grant select (
    id, user_id, email, full_name, company, phone, locale, row_version, created_at, updated_at, deleted_at
  ) on public.customers to authenticated;
grant insert (id, user_id, email, full_name, company, phone, locale), update (email, full_name, company, phone, locale)
  on public.customers to authenticated;
grant select, insert, update, delete on public.customers to service_role;
grant select (
    id, user_id, locale, forgotten_at, row_version, created_at, updated_at, deleted_at
  ) on public.customers to howdah_readonly;


-- ---------------------------------------------------------------------------------------------------------------
-- customer_addresses
-- ---------------------------------------------------------------------------------------------------------------

create table public.customer_addresses (
  id                  uuid                not null default gen_random_uuid(),
  customer_id         uuid                not null,
  label               text,
  recipient           text                not null,
  line1               text                not null,
  line2               text,
  postal_code         text,
  city                text                not null,
  region              text,
  country             public.country_code not null,
  phone               text,
  is_default_shipping boolean             not null default false,
  is_default_billing  boolean             not null default false,
  metadata            jsonb               not null default '{}',
  row_version         bigint              not null default 1,
  created_at          timestamptz         not null default now(),
  updated_at          timestamptz         not null default now(),
  deleted_at          timestamptz,

  constraint customer_addresses_pkey        primary key (id),
  constraint fk_customer_addresses_customer foreign key (customer_id) references public.customers (id) on delete cascade,
  constraint chk_customer_addresses_label       check (char_length(label) <= 100),
  constraint chk_customer_addresses_recipient   check (char_length(recipient) <= 300 and btrim(recipient) <> ''),
  constraint chk_customer_addresses_line1       check (char_length(line1) <= 300 and btrim(line1) <> ''),
  constraint chk_customer_addresses_line2       check (char_length(line2) <= 300),
  constraint chk_customer_addresses_postal_code check (char_length(postal_code) <= 20),
  constraint chk_customer_addresses_city        check (char_length(city) <= 200 and btrim(city) <> ''),
  constraint chk_customer_addresses_region      check (char_length(region) <= 200),
  constraint chk_customer_addresses_phone       check (char_length(phone) <= 50),
  constraint chk_customer_addresses_metadata    check (jsonb_typeof(metadata) = 'object')
);

comment on table  public.customer_addresses                     is 'A customer''s address book. An order keeps a copy, so that a change here does not rewrite where something went. @group customers @owner customer_id @version row_version';
comment on column public.customer_addresses.id                  is 'The row''s id.';
comment on column public.customer_addresses.customer_id         is 'Whose address it is.';
comment on column public.customer_addresses.label               is 'What the customer calls it, such as home. @pii @mask null';
comment on column public.customer_addresses.recipient           is 'Who receives there. @pii name @mask name';
comment on column public.customer_addresses.line1               is 'Street and number. @pii address @mask null';
comment on column public.customer_addresses.line2               is 'What else the carrier must know. @pii address @mask null';
comment on column public.customer_addresses.postal_code         is 'The postal code. @pii address @mask null';
comment on column public.customer_addresses.city                is 'The town. @pii address @mask null';
comment on column public.customer_addresses.region              is 'The state, province or canton.';
comment on column public.customer_addresses.country             is 'The country.';
comment on column public.customer_addresses.phone               is 'The number the carrier may call. @pii phone @mask phone';
comment on column public.customer_addresses.is_default_shipping is 'Whether things go there unless the customer says otherwise.';
comment on column public.customer_addresses.is_default_billing  is 'Whether bills go there unless the customer says otherwise.';
comment on column public.customer_addresses.metadata            is 'Free-form JSON object for what has no column of its own. Only staff see it. @pii @mask null';
comment on column public.customer_addresses.row_version         is 'Counts the changes of the row; the API''s ETag.';
comment on column public.customer_addresses.created_at          is 'When the row was made.';
comment on column public.customer_addresses.updated_at          is 'When the row last changed.';
comment on column public.customer_addresses.deleted_at          is 'When the row was moved to the trash; NULL while it is live.';

create index        idx_customer_addresses_customer_id_created_at on public.customer_addresses (customer_id, created_at desc) where deleted_at is null;
create index        idx_customer_addresses_customer_id_updated_at on public.customer_addresses (customer_id, updated_at);
create unique index uq_customer_addresses_default_shipping        on public.customer_addresses (customer_id) where is_default_shipping and deleted_at is null;
create unique index uq_customer_addresses_default_billing         on public.customer_addresses (customer_id) where is_default_billing and deleted_at is null;
create index        idx_customer_addresses_deleted_at             on public.customer_addresses (deleted_at) where deleted_at is not null;

create trigger trg_customer_addresses_touch
  before update on public.customer_addresses
  for each row execute function public.touch_row();

alter table public.customer_addresses enable row level security;
alter table public.customer_addresses force  row level security;

create policy customer_manages_own on public.customer_addresses
  for all to authenticated
  using (customer_id = (select c.id from public.customers c where c.user_id = (select auth.uid()))
         and (deleted_at is null or (select auth.sees_trash())))
  with check (customer_id = (select c.id from public.customers c where c.user_id = (select auth.uid())));
create policy service_manages_all on public.customer_addresses
  for all to service_role
  using (true)
  with check (true);
create policy readonly_reads_live on public.customer_addresses
  for select to howdah_readonly
  using (deleted_at is null);
comment on policy customer_manages_own on public.customer_addresses is 'A customer sees and writes their own addresses; those in the trash when the request asks for them.';
comment on policy service_manages_all  on public.customer_addresses is 'Trusted server code sees and writes every row.';
comment on policy readonly_reads_live  on public.customer_addresses is 'Reporting reads live rows; column grants keep all but country and region out.';

grant select (
    id, customer_id, label, recipient, line1, line2, postal_code, city, region, country, phone,
    is_default_shipping, is_default_billing, row_version, created_at, updated_at, deleted_at
  ), insert (
    id, customer_id, label, recipient, line1, line2, postal_code, city, region, country, phone,
    is_default_shipping, is_default_billing
  ), update (
    label, recipient, line1, line2, postal_code, city, region, country, phone, is_default_shipping,
    is_default_billing, deleted_at
  ), delete on public.customer_addresses to authenticated;
grant select, insert, update, delete on public.customer_addresses to service_role;
grant select (
    id, customer_id, region, country, is_default_shipping, is_default_billing, row_version, created_at,
    updated_at, deleted_at
  ) on public.customer_addresses to howdah_readonly;
