-- Transactions.
--
-- Amounts are numeric with four decimals, never floating point: 0.1 + 0.2 must be 0.3, and some currencies have three.


-- ---------------------------------------------------------------------------------------------------------------
-- transactions
-- ---------------------------------------------------------------------------------------------------------------

create table public.transactions (
  id                     uuid                 not null default gen_random_uuid(),
  user_id                uuid                 not null,
  transaction_type       text                 not null,
  amount                 numeric(19,4)        not null,
  currency               public.currency_code not null default 'USD',
  merchant               text,
  category               text,
  description            text,
  -- howdah:allow timestamp-name: what banks call it; some of them know the time of day
  transaction_date       timestamptz          not null,
  posted_on              date,
  payment_method         text,
  status                 text                 not null default 'completed',
  account_key            text,
  account_last_four      text,
  fitid                  text,
  balance_after          numeric(19,4),
  original_amount        numeric(19,4),
  original_currency      public.currency_code,
  fx_rate                numeric(20,10),
  mcc                    text,
  counterparty_iban      text,
  counterparty_iban_bidx bytea,
  transfer_pair_id       uuid,
  receipt_document_id    uuid,
  receipt_url            public.url,
  is_recurring           boolean              not null default false,
  tags                   text[]               not null default '{}',
  notes                  text,
  search                 tsvector             generated always as (
    setweight(to_tsvector('pg_catalog.simple', coalesce(merchant, '')), 'A')
    || setweight(to_tsvector('pg_catalog.simple', coalesce(description, '')), 'B')
    || setweight(to_tsvector('pg_catalog.simple', left(public.join_words(tags), 10000)), 'B')
    || setweight(to_tsvector('pg_catalog.simple', coalesce(category, '')), 'C')
  ) stored,
  metadata               jsonb                not null default '{}',
  source_integration_id  uuid,
  source_platform        text,
  source_object_id       text,
  source_hash            bytea,
  import_id              uuid,
  row_version            bigint               not null default 1,
  created_at             timestamptz          not null default now(),
  updated_at             timestamptz          not null default now(),
  deleted_at             timestamptz,

  constraint transactions_pkey                  primary key (id),
  constraint fk_transactions_user               foreign key (user_id) references auth.users (id) on delete cascade,
  constraint fk_transactions_receipt_document   foreign key (user_id, receipt_document_id) references public.documents (user_id, id) on delete set null (receipt_document_id),
  constraint fk_transactions_source_integration foreign key (user_id, source_integration_id) references public.integrations (user_id, id) on delete set null (source_integration_id),
  constraint fk_transactions_import             foreign key (user_id, import_id) references public.imports (user_id, id) on delete set null (import_id),
  constraint chk_transactions_transaction_type  check (transaction_type in ('purchase', 'payment', 'transfer', 'refund', 'subscription', 'income', 'other')),
  constraint chk_transactions_merchant          check (char_length(merchant) <= 300),
  constraint chk_transactions_category          check (char_length(category) <= 200),
  constraint chk_transactions_description       check (char_length(description) <= 1000),
  constraint chk_transactions_payment_method    check (char_length(payment_method) <= 100),
  constraint chk_transactions_status            check (status in ('pending', 'completed', 'failed', 'cancelled', 'refunded')),
  constraint chk_transactions_account_key       check (char_length(account_key) <= 100),
  constraint chk_transactions_account_last_four check (char_length(account_last_four) <= 4),
  constraint chk_transactions_fitid             check (char_length(fitid) <= 255),
  constraint chk_transactions_fx_rate           check (fx_rate > 0),
  constraint chk_transactions_mcc               check (char_length(mcc) <= 4 and mcc ~ '^[0-9]{4}$'),
  constraint chk_transactions_counterparty_iban check (public.encrypted_text_fits(counterparty_iban, 34)),
  constraint chk_transactions_receipt_url       check (char_length(receipt_url) <= 500),
  constraint chk_transactions_metadata          check (jsonb_typeof(metadata) = 'object'),
  constraint chk_transactions_source_platform   check (char_length(source_platform) <= 50),
  constraint chk_transactions_source_object_id  check (char_length(source_object_id) <= 255)
);

comment on table  public.transactions                        is 'Money that moved, as bank and card statements tell it. @group money @owner user_id @version row_version';
comment on column public.transactions.id                     is 'The row''s id.';
comment on column public.transactions.user_id                is 'Whose it is.';
comment on column public.transactions.transaction_type       is 'purchase, payment, transfer, refund, subscription, income or other.';
comment on column public.transactions.amount                 is 'How much; negative went out.';
comment on column public.transactions.currency               is 'In which currency.';
comment on column public.transactions.merchant               is 'With whom.';
comment on column public.transactions.category               is 'What for.';
comment on column public.transactions.description            is 'What the statement says.';
comment on column public.transactions.transaction_date       is 'When it happened.';
comment on column public.transactions.posted_on              is 'When the bank booked it.';
comment on column public.transactions.payment_method         is 'How it was paid.';
comment on column public.transactions.status                 is 'pending, completed, failed, cancelled or refunded.';
comment on column public.transactions.account_key            is 'Which of the person''s accounts; a name that the import chose, not the number.';
comment on column public.transactions.account_last_four      is 'The last characters of the account or card number. @pii account @mask null';
comment on column public.transactions.fitid                  is 'The id the bank gave it.';
comment on column public.transactions.balance_after          is 'What was left on the account.';
comment on column public.transactions.original_amount        is 'How much in the currency it was paid in.';
comment on column public.transactions.original_currency      is 'The currency it was paid in.';
comment on column public.transactions.fx_rate                is 'How many units of currency one unit of original_currency was worth.';
comment on column public.transactions.mcc                    is 'Merchant category code (ISO 18245), four digits.';
comment on column public.transactions.counterparty_iban      is 'The other account. @pii account @encrypt @blind-index';
comment on column public.transactions.counterparty_iban_bidx is 'Blind index of counterparty_iban: a truncated HMAC.';
comment on column public.transactions.transfer_pair_id       is 'What joins the two halves of a transfer between the person''s own accounts; both carry the same. No row has it as its id.';
comment on column public.transactions.receipt_document_id    is 'The receipt.';
comment on column public.transactions.receipt_url            is 'Where the receipt can be fetched.';
comment on column public.transactions.is_recurring           is 'Whether it comes again and again.';
comment on column public.transactions.tags                   is 'Words the person filed it under.';
comment on column public.transactions.notes                  is 'What the person noted about it. @encrypt';
comment on column public.transactions.search                 is 'What full-text search looks through: merchant, description, tags and category.';
comment on column public.transactions.metadata               is 'Free-form JSON object for what has no column of its own. @pii @mask null';
comment on column public.transactions.source_integration_id  is 'The integration that brought the row; NULL if none did.';
comment on column public.transactions.source_platform        is 'Where the row comes from, such as google_takeout.';
comment on column public.transactions.source_object_id       is 'The id it has there; with source_platform it makes a second import of the same thing change nothing.';
comment on column public.transactions.source_hash            is 'Digest of the source''s record, to tell whether it has changed there.';
comment on column public.transactions.import_id              is 'The import that brought the row, so that an import can be undone; NULL if none did.';
comment on column public.transactions.row_version            is 'Counts the changes of the row; the API''s ETag.';
comment on column public.transactions.created_at             is 'When the row was made.';
comment on column public.transactions.updated_at             is 'When the row last changed.';
comment on column public.transactions.deleted_at             is 'When the row was moved to the trash; NULL while it is live.';

create index        idx_transactions_user_id_transaction_date          on public.transactions (user_id, transaction_date desc) where deleted_at is null;
create index        idx_transactions_user_id_updated_at                on public.transactions (user_id, updated_at);
create unique index uq_transactions_source                             on public.transactions (user_id, source_platform, source_object_id) nulls not distinct where source_object_id is not null;
create index        idx_transactions_deleted_at                        on public.transactions (deleted_at) where deleted_at is not null;
create index        idx_transactions_user_id_source_integration_id     on public.transactions (user_id, source_integration_id) where source_integration_id is not null;
create index        idx_transactions_user_id_import_id                 on public.transactions (user_id, import_id) where import_id is not null;
create index        idx_transactions_search                            on public.transactions using gin (search);
create index        idx_transactions_user_id_receipt_document_id       on public.transactions (user_id, receipt_document_id) where receipt_document_id is not null;
create index        idx_transactions_user_id_account_key_fitid         on public.transactions (user_id, account_key, fitid);
create index        idx_transactions_user_id_category_transaction_date on public.transactions (user_id, category, transaction_date desc) where category is not null and deleted_at is null;
create index        idx_transactions_user_id_transfer_pair_id          on public.transactions (user_id, transfer_pair_id) where transfer_pair_id is not null;
create index        idx_transactions_user_id_counterparty_iban_bidx    on public.transactions (user_id, counterparty_iban_bidx) where counterparty_iban_bidx is not null;
create index        idx_transactions_tags                              on public.transactions using gin (tags);
comment on index public.idx_transactions_user_id_account_key_fitid is 'Not unique: banks repeat FITIDs.';

create trigger trg_transactions_touch
  before update on public.transactions
  for each row execute function public.touch_row();

alter table public.transactions enable row level security;
alter table public.transactions force  row level security;

create policy owner_manages_own on public.transactions
  for all to authenticated
  using (user_id = (select auth.uid()) and (deleted_at is null or (select auth.sees_trash())))
  with check (user_id = (select auth.uid()));
create policy service_manages_all on public.transactions
  for all to service_role
  using (true)
  with check (true);
create policy readonly_reads_live on public.transactions
  for select to howdah_readonly
  using (deleted_at is null);
comment on policy owner_manages_own   on public.transactions is 'A person sees and writes their own rows; those in the trash when the request asks for them.';
comment on policy service_manages_all on public.transactions is 'Trusted server code sees and writes every row.';
comment on policy readonly_reads_live on public.transactions is 'Reporting reads live rows; column grants keep personal and encrypted data out.';

grant select, insert, update, delete on public.transactions to authenticated, service_role;
grant select (
    id, user_id, transaction_type, amount, currency, merchant, category, description, transaction_date,
    posted_on, payment_method, status, account_key, fitid, balance_after, original_amount, original_currency,
    fx_rate, mcc, transfer_pair_id, receipt_document_id, receipt_url, is_recurring, tags,
    source_integration_id, source_platform, source_object_id, source_hash, import_id, row_version, created_at,
    updated_at, deleted_at
  ) on public.transactions to howdah_readonly;
