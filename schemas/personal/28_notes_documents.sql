-- Notes and documents.


-- ---------------------------------------------------------------------------------------------------------------
-- notes
-- ---------------------------------------------------------------------------------------------------------------

-- Whether content is encrypted depends on the row: it is when is_locked. The search column follows the same switch. Lists by
-- last change use idx_notes_user_id_updated_at.
create table public.notes (
  id                    uuid        not null default gen_random_uuid(),
  user_id               uuid        not null,
  title                 text        not null,
  content               text        not null default '',
  note_format           text        not null default 'plain',
  folder                text,
  tags                  text[]      not null default '{}',
  is_pinned             boolean     not null default false,
  is_locked             boolean     not null default false,
  is_archived           boolean     not null default false,
  color                 text,
  checklist             jsonb,
  word_count            integer,
  search                tsvector    generated always as (
    setweight(to_tsvector('pg_catalog.simple', title), 'A')
    || setweight(to_tsvector('pg_catalog.simple', left(public.join_words(tags), 10000)), 'B')
    || setweight(to_tsvector('pg_catalog.simple', case when is_locked then '' else left(content, 100000) end), 'C')
  ) stored,
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

  constraint notes_pkey                  primary key (id),
  constraint fk_notes_user               foreign key (user_id) references auth.users (id) on delete cascade,
  constraint fk_notes_source_integration foreign key (user_id, source_integration_id) references public.integrations (user_id, id) on delete set null (source_integration_id),
  constraint fk_notes_import             foreign key (user_id, import_id) references public.imports (user_id, id) on delete set null (import_id),
  constraint chk_notes_title            check (char_length(title) <= 500),
  constraint chk_notes_note_format      check (note_format in ('plain', 'markdown', 'html', 'rich_text')),
  constraint chk_notes_folder           check (char_length(folder) <= 255),
  constraint chk_notes_color            check (char_length(color) <= 30),
  constraint chk_notes_word_count       check (word_count >= 0),
  constraint chk_notes_metadata         check (jsonb_typeof(metadata) = 'object'),
  constraint chk_notes_source_platform  check (char_length(source_platform) <= 50),
  constraint chk_notes_source_object_id check (char_length(source_object_id) <= 255)
);

comment on table  public.notes                       is 'Notes. The content of a locked one is encrypted. @group writing @owner user_id @version row_version';
comment on column public.notes.id                    is 'The row''s id.';
comment on column public.notes.user_id               is 'Whose it is.';
comment on column public.notes.title                 is 'The title; not encrypted, even when the note is locked.';
comment on column public.notes.content               is 'The note; of a locked one the ciphertext. @encrypt';
comment on column public.notes.note_format           is 'plain, markdown, html or rich_text.';
comment on column public.notes.folder                is 'The folder it is in, with / between levels.';
comment on column public.notes.tags                  is 'Words the person filed it under.';
comment on column public.notes.is_pinned             is 'Whether it stays on top.';
comment on column public.notes.is_locked             is 'Whether its content is encrypted and stays closed until asked for.';
comment on column public.notes.is_archived           is 'Whether it was put away.';
comment on column public.notes.color                 is 'Its colour.';
comment on column public.notes.checklist             is 'Its boxes to tick, as JSON; in the clear even when the note is locked.';
comment on column public.notes.word_count            is 'How many words it has.';
comment on column public.notes.search                is 'What full-text search looks through: title, tags, and the content unless the note is locked.';
comment on column public.notes.metadata              is 'Free-form JSON object for what has no column of its own. @pii @mask null';
comment on column public.notes.source_integration_id is 'The integration that brought the row; NULL if none did.';
comment on column public.notes.source_platform       is 'Where the row comes from, such as google_takeout.';
comment on column public.notes.source_object_id      is 'The id it has there; with source_platform it makes a second import of the same thing change nothing.';
comment on column public.notes.source_hash           is 'Digest of the source''s record, to tell whether it has changed there.';
comment on column public.notes.import_id             is 'The import that brought the row, so that an import can be undone; NULL if none did.';
comment on column public.notes.row_version           is 'Counts the changes of the row; the API''s ETag.';
comment on column public.notes.created_at            is 'When the row was made.';
comment on column public.notes.updated_at            is 'When the row last changed.';
comment on column public.notes.deleted_at            is 'When the row was moved to the trash; NULL while it is live.';

create index        idx_notes_user_id_created_at            on public.notes (user_id, created_at desc) where deleted_at is null;
create index        idx_notes_user_id_updated_at            on public.notes (user_id, updated_at);
create unique index uq_notes_source                         on public.notes (user_id, source_platform, source_object_id) nulls not distinct where source_object_id is not null;
create index        idx_notes_deleted_at                    on public.notes (deleted_at) where deleted_at is not null;
create index        idx_notes_user_id_source_integration_id on public.notes (user_id, source_integration_id) where source_integration_id is not null;
create index        idx_notes_user_id_import_id             on public.notes (user_id, import_id) where import_id is not null;
create index        idx_notes_search                        on public.notes using gin (search);
create index        idx_notes_user_id_folder                on public.notes (user_id, folder) where deleted_at is null;
create index        idx_notes_tags                          on public.notes using gin (tags);

create trigger trg_notes_touch
  before update on public.notes
  for each row execute function public.touch_row();

alter table public.notes enable row level security;
alter table public.notes force  row level security;

create policy owner_manages_own on public.notes
  for all to authenticated
  using (user_id = (select auth.uid()) and (deleted_at is null or (select auth.sees_trash())))
  with check (user_id = (select auth.uid()));
create policy service_manages_all on public.notes
  for all to service_role
  using (true)
  with check (true);
create policy readonly_reads_live on public.notes
  for select to howdah_readonly
  using (deleted_at is null);
comment on policy owner_manages_own   on public.notes is 'A person sees and writes their own rows; those in the trash when the request asks for them.';
comment on policy service_manages_all on public.notes is 'Trusted server code sees and writes every row.';
comment on policy readonly_reads_live on public.notes is 'Reporting reads live rows; column grants keep personal and encrypted data out.';

grant select, insert, update, delete on public.notes to authenticated, service_role;
grant select (
    id, user_id, title, note_format, folder, tags, is_pinned, is_locked, is_archived, color, checklist,
    word_count, source_integration_id, source_platform, source_object_id, source_hash, import_id, row_version,
    created_at, updated_at, deleted_at
  ) on public.notes to howdah_readonly;


-- ---------------------------------------------------------------------------------------------------------------
-- documents
-- ---------------------------------------------------------------------------------------------------------------

create table public.documents (
  id                    uuid                 not null default gen_random_uuid(),
  user_id               uuid                 not null,
  title                 text                 not null,
  document_type         text                 not null,
  media_id              uuid,
  storage_key           public.storage_key   not null,
  file_size             bigint,
  mime_type             text,
  category              text,
  -- howdah:allow date-name: what it is called on the paper itself
  issue_date            date,
  -- howdah:allow date-name: what it is called on the paper itself
  expiry_date           date,
  issuer                text,
  recipient             text,
  document_number       text,
  document_number_bidx  bytea,
  is_important          boolean              not null default false,
  tags                  text[]               not null default '{}',
  notes                 text,
  content_sha256        public.sha256_digest,
  page_count            integer,
  text_content          text,
  search                tsvector             generated always as (
    setweight(to_tsvector('pg_catalog.simple', title), 'A')
    || setweight(to_tsvector('pg_catalog.simple', coalesce(issuer, '')), 'B')
    || setweight(to_tsvector('pg_catalog.simple', coalesce(recipient, '')), 'B')
    || setweight(to_tsvector('pg_catalog.simple', left(public.join_words(tags), 10000)), 'B')
    || setweight(to_tsvector('pg_catalog.simple', coalesce(category, '')), 'C')
  ) stored,
  metadata              jsonb                not null default '{}',
  source_integration_id uuid,
  source_platform       text,
  source_object_id      text,
  source_hash           bytea,
  import_id             uuid,
  row_version           bigint               not null default 1,
  created_at            timestamptz          not null default now(),
  updated_at            timestamptz          not null default now(),
  deleted_at            timestamptz,

  constraint documents_pkey                  primary key (id),
  constraint uq_documents_user_id_id         unique (user_id, id),
  constraint fk_documents_user               foreign key (user_id) references auth.users (id) on delete cascade,
  constraint fk_documents_media              foreign key (user_id, media_id) references public.media (user_id, id) on delete set null (media_id),
  constraint fk_documents_source_integration foreign key (user_id, source_integration_id) references public.integrations (user_id, id) on delete set null (source_integration_id),
  constraint fk_documents_import             foreign key (user_id, import_id) references public.imports (user_id, id) on delete set null (import_id),
  constraint chk_documents_title            check (char_length(title) <= 500),
  constraint chk_documents_document_type    check (document_type in ('contract', 'receipt', 'invoice', 'tax_document', 'identification', 'certificate', 'insurance', 'legal', 'medical', 'other')),
  constraint chk_documents_storage_key      check (starts_with(storage_key, user_id::text || '/')),
  constraint chk_documents_file_size        check (file_size >= 0),
  constraint chk_documents_mime_type        check (char_length(mime_type) <= 100),
  constraint chk_documents_category         check (char_length(category) <= 200),
  constraint chk_documents_expiry_date      check (expiry_date >= issue_date),
  constraint chk_documents_issuer           check (char_length(issuer) <= 300),
  constraint chk_documents_recipient        check (char_length(recipient) <= 300),
  constraint chk_documents_document_number  check (public.encrypted_text_fits(document_number, 200)),
  constraint chk_documents_page_count       check (page_count >= 0),
  constraint chk_documents_metadata         check (jsonb_typeof(metadata) = 'object'),
  constraint chk_documents_source_platform  check (char_length(source_platform) <= 50),
  constraint chk_documents_source_object_id check (char_length(source_object_id) <= 255)
);

comment on table  public.documents                       is 'Papers that matter: contracts, invoices, certificates, identity cards. @group writing @owner user_id @audit @version row_version';
comment on column public.documents.id                    is 'The row''s id.';
comment on column public.documents.user_id               is 'Whose it is.';
comment on column public.documents.title                 is 'What it is.';
comment on column public.documents.document_type         is 'What kind of paper.';
comment on column public.documents.media_id              is 'Its scan, if that is kept among the media as well.';
comment on column public.documents.storage_key           is 'Where its bytes lie in the file store, under the owner''s folder.';
comment on column public.documents.file_size             is 'Its size in bytes.';
comment on column public.documents.mime_type             is 'Its media type.';
comment on column public.documents.category              is 'What the person filed it under.';
comment on column public.documents.issue_date            is 'When it was issued.';
comment on column public.documents.expiry_date           is 'When it runs out.';
comment on column public.documents.issuer                is 'Who issued it.';
comment on column public.documents.recipient             is 'Whom it is for. @pii name @mask name';
comment on column public.documents.document_number       is 'Its number. @pii id-number @encrypt @blind-index';
comment on column public.documents.document_number_bidx  is 'Blind index of document_number: a truncated HMAC.';
comment on column public.documents.is_important          is 'Whether the person marked it.';
comment on column public.documents.tags                  is 'Words the person filed it under.';
comment on column public.documents.notes                 is 'What the person noted about it. @encrypt';
comment on column public.documents.content_sha256        is 'Digest of its bytes.';
comment on column public.documents.page_count            is 'How many pages it has.';
comment on column public.documents.text_content          is 'Its text, read off the pages. @encrypt';
comment on column public.documents.search                is 'What full-text search looks through: title, issuer, recipient, tags and category.';
comment on column public.documents.metadata              is 'Free-form JSON object for what has no column of its own. @pii @mask null';
comment on column public.documents.source_integration_id is 'The integration that brought the row; NULL if none did.';
comment on column public.documents.source_platform       is 'Where the row comes from, such as google_takeout.';
comment on column public.documents.source_object_id      is 'The id it has there; with source_platform it makes a second import of the same thing change nothing.';
comment on column public.documents.source_hash           is 'Digest of the source''s record, to tell whether it has changed there.';
comment on column public.documents.import_id             is 'The import that brought the row, so that an import can be undone; NULL if none did.';
comment on column public.documents.row_version           is 'Counts the changes of the row; the API''s ETag.';
comment on column public.documents.created_at            is 'When the row was made.';
comment on column public.documents.updated_at            is 'When the row last changed.';
comment on column public.documents.deleted_at            is 'When the row was moved to the trash; NULL while it is live.';

create index        idx_documents_user_id_issue_date            on public.documents (user_id, issue_date desc) where deleted_at is null;
create index        idx_documents_user_id_updated_at            on public.documents (user_id, updated_at);
create unique index uq_documents_source                         on public.documents (user_id, source_platform, source_object_id) nulls not distinct where source_object_id is not null;
create index        idx_documents_deleted_at                    on public.documents (deleted_at) where deleted_at is not null;
create index        idx_documents_user_id_source_integration_id on public.documents (user_id, source_integration_id) where source_integration_id is not null;
create index        idx_documents_user_id_import_id             on public.documents (user_id, import_id) where import_id is not null;
create index        idx_documents_search                        on public.documents using gin (search);
create index        idx_documents_user_id_media_id              on public.documents (user_id, media_id) where media_id is not null;
create index        idx_documents_user_id_document_type         on public.documents (user_id, document_type) where deleted_at is null;
create index        idx_documents_user_id_expiry_date           on public.documents (user_id, expiry_date) where expiry_date is not null and deleted_at is null;
create index        idx_documents_user_id_document_number_bidx  on public.documents (user_id, document_number_bidx) where document_number_bidx is not null;
create index        idx_documents_tags                          on public.documents using gin (tags);

create trigger trg_documents_touch
  before update on public.documents
  for each row execute function public.touch_row();
create trigger trg_documents_audit
  after insert or update or delete on public.documents
  for each row execute function audit.record_change(
    'id', 'user_id', 'recipient', 'document_number', 'document_number_bidx', 'notes', 'text_content', 'search',
    'metadata');

alter table public.documents enable row level security;
alter table public.documents force  row level security;

create policy owner_manages_own on public.documents
  for all to authenticated
  using (user_id = (select auth.uid()) and (deleted_at is null or (select auth.sees_trash())))
  with check (user_id = (select auth.uid()));
create policy service_manages_all on public.documents
  for all to service_role
  using (true)
  with check (true);
create policy readonly_reads_live on public.documents
  for select to howdah_readonly
  using (deleted_at is null);
comment on policy owner_manages_own   on public.documents is 'A person sees and writes their own rows; those in the trash when the request asks for them.';
comment on policy service_manages_all on public.documents is 'Trusted server code sees and writes every row.';
comment on policy readonly_reads_live on public.documents is 'Reporting reads live rows; column grants keep personal and encrypted data out.';

grant select, insert, update, delete on public.documents to authenticated, service_role;
grant select (
    id, user_id, title, document_type, media_id, storage_key, file_size, mime_type, category, issue_date,
    expiry_date, issuer, is_important, tags, content_sha256, page_count, source_integration_id,
    source_platform, source_object_id, source_hash, import_id, row_version, created_at, updated_at, deleted_at
  ) on public.documents to howdah_readonly;
