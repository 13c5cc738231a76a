-- Where rows come from: imports of files, integrations with services, and the secrets of those.
--
-- These come first because every other table points here. The conventions that all files of this folder share:
--
-- * Every model has the same first columns (id, user_id) and the same last ones (metadata, the source_* columns, import_id,
--   row_version, created_at, updated_at, deleted_at), and the same indexes on them.
-- * A foreign key between rows of one person is composite, (user_id, x_id) to (user_id, id): the check of a foreign key
--   bypasses row-level security, so a plain one would let a person point at another person's row. When the target goes,
--   only x_id becomes NULL. Hence the otherwise redundant unique (user_id, id) of every table that is pointed at.
-- * uq_<table>_source takes in soft-deleted rows: importing the same thing twice changes nothing and revives nothing.
-- * Row-level security is enabled and forced. A person sees their own rows; the trash only when the request asks for it.
--   The reporting role reads every column that carries no @pii, @mask or @encrypt, and never a search or blind-index column.
-- * Text that may be encrypted under its owner's key is wide enough for the ciphertext (public.encrypted_text_fits).
-- * A column "search" is a generated tsvector under the 'simple' configuration: people keep mail and notes in several
--   languages at once, and a stemmer for one of them cuts the words of the others wrongly and drops some as stop words.
--   Queries make up for the missing stems with prefixes (word:*). Long text is cut off at 100,000 characters, because a
--   tsvector may not exceed 1 MB. Encrypted columns are never part of it: their words in the clear would undo the
--   encryption, and words of a ciphertext find nothing.


comment on schema public is
  'Everything one person owns: people, mail, photos, money, places, health and what connects them.';


-- ---------------------------------------------------------------------------------------------------------------
-- imports
-- ---------------------------------------------------------------------------------------------------------------

-- An import never needs to know which integration fetched it: the rows it brings carry both. That also keeps imports and
-- integrations from pointing at each other in a circle.
create table public.imports (
  id            uuid                 not null default gen_random_uuid(),
  user_id       uuid                 not null,
  kind          text                 not null,
  file_name     text,
  file_size     bigint,
  sha256        public.sha256_digest,
  state         text                 not null default 'pending',
  seen_count    integer              not null default 0,
  created_count integer              not null default 0,
  updated_count integer              not null default 0,
  skipped_count integer              not null default 0,
  failed_count  integer              not null default 0,
  report        jsonb                not null default '{}',
  last_error    text,
  started_at    timestamptz,
  finished_at   timestamptz,
  undone_at     timestamptz,
  metadata      jsonb                not null default '{}',
  row_version   bigint               not null default 1,
  created_at    timestamptz          not null default now(),
  updated_at    timestamptz          not null default now(),
  deleted_at    timestamptz,

  constraint imports_pkey          primary key (id),
  constraint uq_imports_user_id_id unique (user_id, id),
  constraint fk_imports_user       foreign key (user_id) references auth.users (id) on delete cascade,
  constraint chk_imports_kind          check (char_length(kind) <= 50),
  constraint chk_imports_file_name     check (char_length(file_name) <= 255),
  constraint chk_imports_file_size     check (file_size >= 0),
  constraint chk_imports_state         check (state in ('pending', 'running', 'completed', 'failed', 'undone')),
  constraint chk_imports_seen_count    check (seen_count >= 0),
  constraint chk_imports_created_count check (created_count >= 0),
  constraint chk_imports_updated_count check (updated_count >= 0),
  constraint chk_imports_skipped_count check (skipped_count >= 0),
  constraint chk_imports_failed_count  check (failed_count >= 0),
  constraint chk_imports_report        check (jsonb_typeof(report) = 'object'),
  constraint chk_imports_last_error    check (char_length(last_error) <= 2000),
  constraint chk_imports_undone        check ((state = 'undone') = (undone_at is not null)),
  constraint chk_imports_finished_at   check (finished_at >= started_at),
  constraint chk_imports_metadata      check (jsonb_typeof(metadata) = 'object')
);

comment on table  public.imports               is 'Imports: one row per file or archive taken in. Every row an import brings points at it, so that it can be undone. @group sources @owner user_id @version row_version';
comment on column public.imports.id            is 'The row''s id.';
comment on column public.imports.user_id       is 'Whose it is.';
comment on column public.imports.kind          is 'What was imported, such as vcard, mbox or google_takeout.';
comment on column public.imports.file_name     is 'The file''s name.';
comment on column public.imports.file_size     is 'The file''s size in bytes.';
comment on column public.imports.sha256        is 'The file''s digest, to recognise it when it comes again.';
comment on column public.imports.state         is 'How far it is: pending, running, completed, failed or undone.';
comment on column public.imports.seen_count    is 'Records read.';
comment on column public.imports.created_count is 'Rows made.';
comment on column public.imports.updated_count is 'Rows changed.';
comment on column public.imports.skipped_count is 'Records that were already there.';
comment on column public.imports.failed_count  is 'Records that could not be taken in; the report says why.';
comment on column public.imports.report        is 'What happened, problems by record included, as a JSON object.';
comment on column public.imports.last_error    is 'Why it failed, in words for the person.';
comment on column public.imports.started_at    is 'When it began.';
comment on column public.imports.finished_at   is 'When it ended, well or not.';
comment on column public.imports.undone_at     is 'When it was undone.';
comment on column public.imports.metadata      is 'Free-form JSON object for what has no column of its own. @pii @mask null';
comment on column public.imports.row_version   is 'Counts the changes of the row; the API''s ETag.';
comment on column public.imports.created_at    is 'When the row was made.';
comment on column public.imports.updated_at    is 'When the row last changed.';
comment on column public.imports.deleted_at    is 'When the row was moved to the trash; NULL while it is live.';

create index idx_imports_user_id_created_at on public.imports (user_id, created_at desc) where deleted_at is null;
create index idx_imports_user_id_updated_at on public.imports (user_id, updated_at);
create index idx_imports_deleted_at         on public.imports (deleted_at) where deleted_at is not null;
create index idx_imports_user_id_sha256     on public.imports (user_id, sha256) where sha256 is not null;

create trigger trg_imports_touch
  before update on public.imports
  for each row execute function public.touch_row();

alter table public.imports enable row level security;
alter table public.imports force  row level security;

create policy owner_manages_own on public.imports
  for all to authenticated
  using (user_id = (select auth.uid()) and (deleted_at is null or (select auth.sees_trash())))
  with check (user_id = (select auth.uid()));
create policy service_manages_all on public.imports
  for all to service_role
  using (true)
  with check (true);
create policy readonly_reads_live on public.imports
  for select to howdah_readonly
  using (deleted_at is null);
comment on policy owner_manages_own   on public.imports is 'A person sees and writes their own rows; those in the trash when the request asks for them.';
comment on policy service_manages_all on public.imports is 'Trusted server code sees and writes every row.';
comment on policy readonly_reads_live on public.imports is 'Reporting reads live rows; column grants keep personal and encrypted data out.';

grant select, insert, update, delete on public.imports to authenticated, service_role;
grant select (
    id, user_id, kind, file_name, file_size, sha256, state, seen_count, created_count, updated_count,
    skipped_count, failed_count, report, last_error, started_at, finished_at, undone_at, row_version,
    created_at, updated_at, deleted_at
  ) on public.imports to howdah_readonly;


-- ---------------------------------------------------------------------------------------------------------------
-- integrations
-- ---------------------------------------------------------------------------------------------------------------

create table public.integrations (
  id                    uuid        not null default gen_random_uuid(),
  user_id               uuid        not null,
  integration_type      text        not null,
  integration_name      text        not null,
  status                text        not null default 'pending',
  auth_type             text,
  scopes                text[],
  external_account_id   text,
  token_expires_at      timestamptz,
  last_sync_at          timestamptz,
  next_sync_at          timestamptz,
  last_sync_status      text,
  last_error            text,
  sync_cursor           text,
  items_synced          integer     not null default 0,
  is_enabled            boolean     not null default true,
  metadata              jsonb       not null default '{}',
  source_integration_id uuid,
  source_platform       text,
  source_object_id      text,
  source_hash           bytea,
  import_id             uuid,
  row_version           bigint      not null default 1,
  created_at            timestamptz not null default now(),
  updated_at            timestamptz not null default now(),
  deleted_at            timestamptz,

  constraint integrations_pkey                  primary key (id),
  constraint uq_integrations_user_id_id         unique (user_id, id),
  constraint uq_integrations_account            unique (user_id, integration_type, external_account_id),
  constraint fk_integrations_user               foreign key (user_id) references auth.users (id) on delete cascade,
  constraint fk_integrations_source_integration foreign key (user_id, source_integration_id) references public.integrations (user_id, id) on delete set null (source_integration_id),
  constraint fk_integrations_import             foreign key (user_id, import_id) references public.imports (user_id, id) on delete set null (import_id),
  constraint chk_integrations_integration_type    check (char_length(integration_type) <= 50),
  constraint chk_integrations_integration_name    check (char_length(integration_name) <= 200),
  constraint chk_integrations_status              check (status in ('pending', 'connected', 'disconnected', 'error')),
  constraint chk_integrations_auth_type           check (auth_type in ('oauth2', 'api_key', 'password', 'file')),
  constraint chk_integrations_external_account_id check (char_length(external_account_id) <= 255),
  constraint chk_integrations_last_sync_status    check (last_sync_status in ('success', 'partial', 'failed')),
  constraint chk_integrations_last_error          check (char_length(last_error) <= 2000),
  constraint chk_integrations_items_synced        check (items_synced >= 0),
  constraint chk_integrations_metadata            check (jsonb_typeof(metadata) = 'object'),
  constraint chk_integrations_source_platform     check (char_length(source_platform) <= 50),
  constraint chk_integrations_source_object_id    check (char_length(source_object_id) <= 255)
);

comment on table  public.integrations                       is 'Connections to other services that bring data in. The secrets stand apart, in integration_secrets. @group sources @owner user_id @audit @version row_version';
comment on column public.integrations.id                    is 'The row''s id.';
comment on column public.integrations.user_id               is 'Whose it is.';
comment on column public.integrations.integration_type      is 'Which service, such as google or imap.';
comment on column public.integrations.integration_name      is 'What the person calls it.';
comment on column public.integrations.status                is 'Where the connection stands: pending, connected, disconnected or error.';
comment on column public.integrations.auth_type             is 'How it signs in: oauth2, api_key, password or file.';
comment on column public.integrations.scopes                is 'What the person allowed it to read.';
comment on column public.integrations.external_account_id   is 'The account at the other end. @pii account @mask null';
comment on column public.integrations.token_expires_at      is 'When the access token ends.';
comment on column public.integrations.last_sync_at          is 'When it last ran.';
comment on column public.integrations.next_sync_at          is 'When it runs next; NULL if it does not by itself.';
comment on column public.integrations.last_sync_status      is 'How the last run went: success, partial or failed.';
comment on column public.integrations.last_error            is 'What went wrong last, in words for the person; never a secret.';
comment on column public.integrations.sync_cursor           is 'Where the next run continues; the service decides its form.';
comment on column public.integrations.items_synced          is 'How many items it has brought in all.';
comment on column public.integrations.is_enabled            is 'Whether it may run.';
comment on column public.integrations.metadata              is 'Free-form JSON object for what has no column of its own. @pii @mask null';
comment on column public.integrations.source_integration_id is 'The integration that brought the row; NULL if none did.';
comment on column public.integrations.source_platform       is 'Where the row comes from, such as google_takeout.';
comment on column public.integrations.source_object_id      is 'The id it has there; with source_platform it makes a second import of the same thing change nothing.';
comment on column public.integrations.source_hash           is 'Digest of the source''s record, to tell whether it has changed there.';
comment on column public.integrations.import_id             is 'The import that brought the row, so that an import can be undone; NULL if none did.';
comment on column public.integrations.row_version           is 'Counts the changes of the row; the API''s ETag.';
comment on column public.integrations.created_at            is 'When the row was made.';
comment on column public.integrations.updated_at            is 'When the row last changed.';
comment on column public.integrations.deleted_at            is 'When the row was moved to the trash; NULL while it is live.';

create index        idx_integrations_user_id_created_at            on public.integrations (user_id, created_at desc) where deleted_at is null;
create index        idx_integrations_user_id_updated_at            on public.integrations (user_id, updated_at);
create unique index uq_integrations_source                         on public.integrations (user_id, source_platform, source_object_id) nulls not distinct where source_object_id is not null;
create index        idx_integrations_deleted_at                    on public.integrations (deleted_at) where deleted_at is not null;
create index        idx_integrations_user_id_source_integration_id on public.integrations (user_id, source_integration_id) where source_integration_id is not null;
create index        idx_integrations_user_id_import_id             on public.integrations (user_id, import_id) where import_id is not null;
create index        idx_integrations_next_sync_at                  on public.integrations (next_sync_at) where is_enabled and next_sync_at is not null and deleted_at is null;
comment on index public.idx_integrations_next_sync_at is 'What the scheduler asks for: whose turn is it.';

create trigger trg_integrations_touch
  before update on public.integrations
  for each row execute function public.touch_row();
create trigger trg_integrations_audit
  after insert or delete or update of
    integration_type, integration_name, status, auth_type, scopes, external_account_id, is_enabled, deleted_at
  on public.integrations
  for each row execute function audit.record_change('id', 'user_id', 'external_account_id', 'metadata');

alter table public.integrations enable row level security;
alter table public.integrations force  row level security;

create policy owner_manages_own on public.integrations
  for all to authenticated
  using (user_id = (select auth.uid()) and (deleted_at is null or (select auth.sees_trash())))
  with check (user_id = (select auth.uid()));
create policy service_manages_all on public.integrations
  for all to service_role
  using (true)
  with check (true);
create policy readonly_reads_live on public.integrations
  for select to howdah_readonly
  using (deleted_at is null);
comment on policy owner_manages_own   on public.integrations is 'A person sees and writes their own rows; those in the trash when the request asks for them.';
comment on policy service_manages_all on public.integrations is 'Trusted server code sees and writes every row.';
comment on policy readonly_reads_live on public.integrations is 'Reporting reads live rows; column grants keep personal and encrypted data out.';

grant select, insert, update, delete on public.integrations to authenticated, service_role;
grant select (
    id, user_id, integration_type, integration_name, status, auth_type, scopes, token_expires_at, last_sync_at,
    next_sync_at, last_sync_status, last_error, sync_cursor, items_synced, is_enabled, source_integration_id,
    source_platform, source_object_id, source_hash, import_id, row_version, created_at, updated_at, deleted_at
  ) on public.integrations to howdah_readonly;


-- ---------------------------------------------------------------------------------------------------------------
-- integration_secrets
-- ---------------------------------------------------------------------------------------------------------------

create table public.integration_secrets (
  user_id        uuid        not null,
  integration_id uuid        not null,
  access_token   text,
  refresh_token  text,
  created_at     timestamptz not null default now(),
  updated_at     timestamptz not null default now(),

  constraint integration_secrets_pkey           primary key (integration_id),
  constraint fk_integration_secrets_user        foreign key (user_id) references auth.users (id) on delete cascade,
  constraint fk_integration_secrets_integration foreign key (user_id, integration_id) references public.integrations (user_id, id) on delete cascade
);

comment on table  public.integration_secrets                is 'The tokens of an integration, one row each at most. Apart from integrations so that no query for those can return a secret; only the service role reads them. @group sources @owner user_id @audit';
comment on column public.integration_secrets.user_id        is 'Whose it is.';
comment on column public.integration_secrets.integration_id is 'The integration the tokens belong to.';
comment on column public.integration_secrets.access_token   is 'The token requests carry, or the password or key in its place. @encrypt';
comment on column public.integration_secrets.refresh_token  is 'The token a new access token is fetched with. @encrypt';
comment on column public.integration_secrets.created_at     is 'When the row was made.';
comment on column public.integration_secrets.updated_at     is 'When the row last changed.';

create index idx_integration_secrets_user_id_integration_id on public.integration_secrets (user_id, integration_id);

create trigger trg_integration_secrets_updated_at
  before update on public.integration_secrets
  for each row execute function public.set_updated_at();
create trigger trg_integration_secrets_audit
  after insert or update or delete on public.integration_secrets
  for each row execute function audit.record_change('integration_id', 'user_id', 'access_token', 'refresh_token');

alter table public.integration_secrets enable row level security;
alter table public.integration_secrets force  row level security;

create policy service_manages_all on public.integration_secrets
  for all to service_role
  using (true)
  with check (true);
comment on policy service_manages_all on public.integration_secrets is 'Trusted server code sees and writes every row.';

grant select, insert, update, delete on public.integration_secrets to service_role;
